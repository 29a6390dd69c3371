"""Continues a broken stream of plain text with another target, if its caller asked for that.

The partial answer is appended to the request as the beginning of the assistant's turn, and a target that
can continue it answers. A single writer rewrites every event, so that the caller sees one stream.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec

from config.kinds import Operation
from dialects.answer import (
    Counted,
    Delta,
    Failed,
    Finished,
    PartDelta,
    Started,
    TextDelta,
    ThinkingDelta,
)
from dialects.conversation import Conversation, Message, RedactedThinking, Text, Tool
from dialects.dialect import Destination, Dialect
from dialects.errors import Malformed
from dialects.halves import Joined
from dialects.usage import Usage
from gateway.answered import reply_to
from gateway.around.kinds import Means, Run, Where
from gateway.around.repairing import explained
from gateway.call import Call, Cleared
from gateway.deployment import Line
from gateway.errors import GatewayError, UpstreamError
from gateway.formats import SPOKEN, dialect_of
from gateway.frames import Head, Sink
from ledger.row import UsageRow
from routing.faults import Fault
from routing.plan import Choice, Plan

_replace = msgspec.structs.replace
_WITHOUT_TURNS = frozenset([Operation.COMPLETIONS, Operation.OLLAMA_GENERATE])
_ENDED = frozenset(["stop", "stop_sequence"])


class Continuing:
    """The layer around calls with `x-signalbox-continue: true`."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def run(self, inner: Run, cleared: Cleared, where: Where, sink: Sink) -> None:
        """Pass on the answer; one that breaks amid its text is continued once. Raises as `inner`."""
        call = cleared.call
        asked = _asked(cleared) if call.asked.stream else None
        if asked is None:
            await inner(cleared, where.route, where.plan, sink)
            return
        joined = _Joined(call, sink, where.route.lines, json=asked.format is not None)
        try:
            await inner(cleared, where.route, where.plan, joined)
        except UpstreamError as failure:
            if not joined.text or not joined.plain or joined.finished:
                raise
            await self._go_on(inner, (cleared, asked), where, joined, failure)
        joined.close()

    async def close(self) -> None:
        """Does nothing: there is no background work."""

    async def _go_on(
        self,
        inner: Run,
        broken: tuple[Cleared, Conversation],
        where: Where,
        joined: "_Joined",
        failure: UpstreamError,
    ) -> None:
        cleared, asked = broken
        call, row = cleared.call, cleared.call.broken
        plan = _able(call, where, "" if row is None else f"{row.vendor}/{row.model_served}")
        body = _question(call, asked, joined.text, row)
        if not plan or body is None or not self._means.extra.spend():
            raise failure
        joined.go_on(Usage() if row is None else row.usage)
        self._means.books.metrics.extra.add(("continue",))
        told = f"its text broke off after {len(joined.text)} characters: {failure.code}"
        call.trail.append(("continue", plan[0].target, told, {}))
        try:
            await inner(_replace(cleared, body=body), where.route, plan, joined)
        except UpstreamError:
            raise
        except GatewayError as second:
            if joined.continued:
                raise
            raise failure from second  # no continuation began: report the original failure


def _asked(cleared: Cleared) -> Conversation | None:
    """The conversation, if its answer may be text that can be continued; else None."""
    dialect = dialect_of(cleared.call.operation)
    if dialect is None or cleared.call.asked.choices > 1:
        return None
    try:
        asked = dialect.read_request(cleared.body)
    except Malformed:
        return None  # the target that gets it reports the error better
    # Tools that only one format knows would be lost when the request is rewritten.
    plain = all(isinstance(tool, Tool) for tool in asked.tools) and not asked.legacy_functions
    if asked.format is not None and cleared.call.operation in _WITHOUT_TURNS:
        return None  # these formats have no turn in which to explain the schema
    return asked if plain else None


def _able(call: Call, where: Where, broken: str) -> Plan:
    """The plan's targets that can continue a turn; the one that broke comes last."""
    able = [
        Choice(choice.target, "goes on with what was said")
        for choice in where.plan
        if _goes_on(where.route.lines[choice.target], call)
    ]
    return tuple(sorted(able, key=lambda choice: choice.target == broken))


def _goes_on(line: Line, call: Call) -> bool:
    theirs = line.ways.served.get(call.operation)
    if theirs is None or line.capabilities.prefill is not True:
        return False
    cannot: Iterable[str] = getattr(SPOKEN[theirs], "cannot", ())
    return "prefill" not in cannot


def _question(call: Call, asked: Conversation, said: str, row: UsageRow | None) -> bytes | None:
    """The request with the partial answer appended; None: the caller's output limit is used up.

    Anthropic refuses a turn that ends in white space, and a prefilled one combined with thinking or a schema;
    others would start the JSON again. So thinking is turned off, and a schema is explained in words.
    """
    sampling, most = asked.sampling, asked.sampling.max_output
    if most is not None:
        left = most - (0 if row is None else row.usage.output)
        if left <= 0:
            return None
        sampling = _replace(sampling, max_output=left)
    turn = Message("assistant", (Text(said.rstrip()),))
    told = asked if asked.format is None else explained(asked)
    longer = _replace(told, messages=(*told.messages, turn), sampling=sampling, reasoning=None)
    return cast(Dialect, call.dialect).write_request(longer, Destination(call.asked.model))


class _Joined:
    """A sink that parses and rewrites a stream's events, joining the two answers it consists of."""

    def __init__(self, call: Call, sink: Sink, lines: Mapping[str, Line], *, json: bool) -> None:
        self._call = call
        self._lines = lines
        self._json = json  # the caller wants JSON
        self._echo = ""  # text that the second answer is expected to repeat first
        self._held = ""  # received text that may be part of that repetition
        dialect = self._dialect = cast(Dialect, call.dialect)
        self._writer = dialect.writer(reply_to(call, call.asked.model))
        self._reader = Joined(dialect.reader())
        self._rest = b""
        self._sink = sink
        self._before: Usage | None = None  # of the answer that broke; None: none did
        self._parts: dict[int, int] = {}  # the second answer's part numbers to the joined one's
        self._tail = ""  # trailing white space that the second answer may repeat
        self.part = 0  # the last text part
        self.text = ""
        self.plain = True  # the answer so far is only text, reasoning before it aside
        self.finished = False
        self.continued = False  # the second answer has begun
        self.hold = sink.hold
        self.end = sink.end
        self.drained: Any = sink.drained

    @property
    def paused(self) -> bool:
        return self._sink.paused

    def begin(self, head: Head, data: bytes) -> None:
        if self._before is not None and _echoes(self._call, self._lines):
            self._echo = self.text.rstrip()
        out = self._written(data)
        self.continued = self._before is not None  # the sink's errors now concern the second answer
        if self._before is None:
            self._sink.begin(head, out)
        elif out:
            self._sink.write(out)

    def write(self, data: bytes) -> None:
        if out := self._written(data):
            self._sink.write(out)

    def close(self) -> None:
        """The answer is complete."""
        owed = list(self._noted(self._reader.end()))
        if out := (self._writer.write(owed) if owed else b"") + self._writer.end():
            self._sink.write(out)

    def go_on(self, before: Usage) -> None:
        """Expect a second answer that continues the text; `before` is the usage of the first."""
        self._before = before
        self._reader, self._rest = Joined(self._dialect.reader()), b""
        self._tail = self.text[len(self.text.rstrip()) :]

    def _written(self, data: bytes) -> bytes:
        rest = self._rest
        events, self._rest = self._dialect.framing.split(rest + data if rest else data, len(rest))
        deltas = [delta for event in events for delta in self._reader.read(event)]
        noted = list(self._noted(deltas))
        return self._writer.write(noted) if noted else b""

    def _noted(self, deltas: Sequence[Delta]) -> Iterator[Delta]:
        for delta in deltas:
            if isinstance(delta, Failed):
                continue  # the request path's own reader reports it
            if self._before is not None:
                found = self._moved(delta, self._before)
                if found is not None:
                    yield found
                continue
            if isinstance(delta, TextDelta):
                self.text += delta.text
                self.part = delta.part
            elif isinstance(delta, Finished):
                self.finished = True
            elif self.text or not _is_thought(delta):
                self.plain = self.plain and isinstance(delta, Started | Counted)
            yield delta

    def _moved(self, delta: Delta, before: Usage) -> Delta | None:
        """Converts a delta of the second answer to one of the joined answer; None: it is dropped."""
        if isinstance(delta, Started | ThinkingDelta | Failed):
            return None
        if isinstance(delta, Counted):
            return Counted(summed(before, delta.usage))
        if isinstance(delta, TextDelta):
            text, self._tail = _after(self._tail, self._unechoed(delta.text))
            self.text += text
            return _replace(delta, text=text, part=self._place(delta.part, text=True)) if text else None
        if isinstance(delta, Finished):
            if self._json and delta.finish.reason in _ENDED and not _is_json(self.text):
                raise UpstreamError(
                    "The answer broke, and its continuation did not complete it to valid JSON",
                    status=502,
                    code="vendor_cut",
                ).blamed(Fault.REQUEST)
            return delta
        return _replace(delta, part=self._place(delta.part, text=False))

    def _unechoed(self, text: str) -> str:
        """The text without the part that the vendor repeats; held back while it may be a repetition."""
        if not self._echo:
            return text
        said, self._held = self._held + text, ""
        if len(said) < len(self._echo) and self._echo.startswith(said):
            self._held = said
            return ""
        echo, self._echo = self._echo, ""
        return said.removeprefix(echo)

    def _place(self, part: int, *, text: bool) -> int:
        """The part's number in the joined answer; the second one's first text continues the last part."""
        if part not in self._parts:
            first = text and not self._parts
            self._parts[part] = self.part if first else max(self.part, *self._parts.values(), 0) + 1
        return self._parts[part]


def _echoes(call: Call, lines: Mapping[str, Line]) -> bool:
    """Whether the vendor now answering repeats the turn that it continues."""
    target = next((step[1] for step in reversed(call.trail) if step[0] == "route" and step[1] in lines), "")
    prefill = lines[target].vendor.kind.prefill if target else None
    return prefill is not None and prefill.echoes


def _is_thought(delta: Delta) -> bool:
    redacted = isinstance(delta, PartDelta) and isinstance(delta.value, RedactedThinking)
    return redacted or isinstance(delta, ThinkingDelta | Started | Counted)


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError:
        return False
    return True


def _after(tail: str, text: str) -> tuple[str, str]:
    """The text without white space already sent, and the rest of that, which may still be repeated."""
    if not tail:
        return text, ""
    count = 0
    while count < min(len(tail), len(text)) and tail[count] == text[count]:
        count += 1
    return text[count:], tail[count:] if count == len(text) else ""


def summed(one: Usage, other: Usage) -> Usage:
    """The sum of both usages."""
    return Usage(
        *(a + b for a, b in zip(msgspec.structs.astuple(one), msgspec.structs.astuple(other), strict=True))
    )
