"""The step at which requests are marked on their way to the vendor."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import msgspec

from config.kinds import Operation
from dialects.anthropic.breakpoints import AnthropicBreakpoints
from dialects.bedrock.breakpoints import BedrockBreakpoints
from dialects.breakpoints import Breakpoints
from dialects.dialect import Asked, Destination
from dialects.translating import Outgoing, Passage
from gateway.deployment import Lane, Line
from gateway.prompt_caching.marking import Marking
from gateway.ways import Way

_CLAUDE: Mapping[Operation, Breakpoints] = MappingProxyType(
    {Operation.MESSAGES: AnthropicBreakpoints(), Operation.CONVERSE: BedrockBreakpoints()}
)
_OTHERS = MappingProxyType({**_CLAUDE, Operation.CONVERSE: BedrockBreakpoints(claude=False)})


class Marked:
    """A passage (the translation to and from a target) that also marks the requests."""

    def __init__(self, passage: Passage, marking: Marking, account: bytes) -> None:
        self._passage = passage
        self._marking = marking
        self._account = account
        self.translates = passage.translates
        self.answer = passage.answer
        self.reader = passage.reader
        self.read_error = passage.read_error

    def request(self, body: bytes, asked: Asked, to: Destination) -> Outgoing:
        sent = self._passage.request(body, asked, to)
        marked = self._marking.marked(sent.body, self._account)
        return sent if marked is sent.body else msgspec.structs.replace(sent, body=marked)


def marking(line: Line, clock: Callable[[], float] = time.monotonic) -> Line:
    """The same target with its requests marked, in formats in which that can pay; unchanged without a price.

    Each key counts as an account of its own: several keys in one account would bring no advantage, because
    vendors apply limits and caches per account.
    https://platform.claude.com/docs/en/build-with-claude/prompt-caching
    """
    if line.quote is None:
        return line
    by_format = {
        operation: found
        for operation, breakpoints in (_CLAUDE if "claude" in line.model else _OTHERS).items()
        if (found := Marking(breakpoints, line.quote.price, clock)).pays
    }

    def marked(account: bytes, way: Way) -> Way:
        found = by_format.get(way.operation)
        return way if found is None else replace(way, passage=Marked(way.passage, found, account))

    lanes = tuple(
        Lane(lane.key, lane.ways.changed(partial(marked, b"%d:" % number)))
        for number, lane in enumerate(line.lanes)
    )
    return replace(line, lanes=lanes, ways=lanes[0].ways)
