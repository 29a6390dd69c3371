"""Agents over the Responses API: whole, streamed or in the background."""

from collections.abc import AsyncGenerator
from typing import Any, Literal

import msgspec

from agentloop.events import Item
from agentloop.handing import cut
from agentloop.journal import RunRecord
from agentloop.run import conversation
from dialects.errors import UNREADABLE
from dialects.sse import KEEP_ALIVE
from gateway.agents.bell import Bell, passed
from gateway.agents.desk import Desk, Order, Said, hash_of, items_of
from gateway.agents.telling import PREFIX, Response, Telling, place_of
from gateway.errors import BadRequest, Conflict, NotFound, Unavailable
from ledger.principal import Principal

LOOK_SECONDS = 0.2  # between two reads of a run that another process may drive
_QUIET_SECONDS = 15.0  # without an event before followers get a keep-alive
_NONE = 0  # the number of no response: following it follows the run

_ENCODE = msgspec.json.Encoder().encode


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a call. Fields without a use here are accepted if ignoring them misleads no client."""

    model: str
    input: str | list[msgspec.Raw] = ""
    stream: bool | None = None
    background: bool | None = None
    previous_response_id: str | None = None
    metadata: dict[str, str] | None = None
    store: Literal[True] | None = None
    include: list[str] | None = None
    user: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    parallel_tool_calls: bool | None = None
    service_tier: str | None = None
    stream_options: dict[str, Any] | None = None


class _Kind(msgspec.Struct):
    type: str = "message"


class _Word(msgspec.Struct, forbid_unknown_fields=True):
    """An input item: an approver's decision, about the arguments as shown."""

    type: Literal["mcp_approval_response"]
    approval_request_id: str
    approve: bool
    reason: str | None = None
    id: str | None = None


class _Part(msgspec.Struct):
    """One part of an output that is a list."""

    type: Literal["input_text"]
    text: str


class _Output(msgspec.Struct, forbid_unknown_fields=True):
    """An input item: the result of a call that was handed to the client."""

    type: Literal["function_call_output"]
    call_id: str
    output: str | list[_Part]
    id: str | None = None
    status: str | None = None

    @property
    def text(self) -> str:
        """The output as the model reads it."""
        return self.output if isinstance(self.output, str) else "\n".join(part.text for part in self.output)


_READ = msgspec.json.Decoder(Asked)
_READ_KIND = msgspec.json.Decoder(_Kind)
_READ_OUTPUT = msgspec.json.Decoder(_Output)
_READ_WORD = msgspec.json.Decoder(_Word)


def read_asked(body: bytes) -> Asked:
    """The parsed body. Raises BadRequest."""
    try:
        return _READ.decode(body)
    except UNREADABLE as error:
        raise BadRequest(
            f"An agent cannot be asked so: {error}. It has instructions, tools and parameters of its own, "
            "and its runs are kept. A call gives model, input, stream, background, previous_response_id "
            "and metadata."
        ) from None


class Responses:
    """Serves agents over the Responses API. Raises GatewayError."""

    def __init__(self, desk: Desk, bell: Bell) -> None:
        self._desk = desk
        self._bell = bell

    async def begin(
        self, principal: Principal, body: bytes, request_key: str | None
    ) -> tuple[RunRecord, int]:
        """The run that a call starts or continues, and the number of the response that answers it."""
        asked = read_asked(body)
        agent = asked.model.removeprefix(PREFIX)
        items: tuple[Item, ...] = ()
        if asked.previous_response_id is not None:
            record, telling = await self.told(principal, asked.previous_response_id)
            words = _words(asked.input)
            if words:
                return await self._go_on(principal, record, telling, words)
            outputs = outputs_of(asked.input)
            if outputs:
                return await self._answered(principal, record, telling, outputs)
            items = _continued(asked.previous_response_id, record, telling)
        given = items_of(asked.input)
        if not asked.input:
            raise BadRequest("There is no input: expected a text or items.", param="input")
        order = Order(
            agent,
            items + given,
            hash_of(body),
            request_key,
            asked.previous_response_id or "",
            bool(asked.background),
            asked.metadata or {},
        )
        return await self._desk.order(principal, order), 1

    async def told(self, principal: Principal, response: str) -> tuple[RunRecord, Telling]:
        """The run of a response, and its responses so far. Raises NotFound."""
        place = place_of(response)
        if place is None:
            raise NotFound(f"There is no response '{response}'.")
        record, events = await self._desk.events(principal, place[0], 0)
        telling = Telling(record.id, record.created_ms // 1000)
        for event in events:
            telling.feed(event)
        if telling.numbered(place[1]) is None:
            raise NotFound(f"There is no response '{response}'.")
        return record, telling

    async def follow(
        self, principal: Principal, run_id: str, number: int
    ) -> AsyncGenerator[tuple[RunRecord, Telling, Response | None], None]:
        """Yields the response as it grows, until it ends; also after quiet intervals, and while paused."""
        telling: Telling | None = None
        seen, quiet = 0, 0.0
        with self._bell.listening(run_id) as heard:
            while True:
                heard.clear()
                try:
                    record, events = await self._desk.events(principal, run_id, seen)
                except Unavailable:
                    # The run continues; a client asked to retry would start another one.
                    await passed(heard, LOOK_SECONDS)
                    continue
                telling = telling or Telling(run_id, record.created_ms // 1000)
                for event in events:
                    telling.feed(event)
                seen += len(events)
                response = telling.numbered(number)
                quiet = 0.0 if events else quiet + LOOK_SECONDS
                if events or quiet >= _QUIET_SECONDS or record.status == "paused":
                    quiet = 0.0
                    yield record, telling, response
                if response is not None and response.ended:
                    return
                await passed(heard, LOOK_SECONDS)

    async def whole(self, principal: Principal, run_id: str, number: int) -> bytes:
        """The response once it is complete, or as it is if its run is paused."""
        async for record, telling, response in self.follow(principal, run_id, number):
            if response is not None and (response.ended or record.status == "paused"):
                return _ENCODE(telling.view(response))
        raise AssertionError("a run that is followed comes to an end")

    async def shown(self, principal: Principal, run_id: str, number: int) -> bytes:
        """The response in its current state."""
        async for _, telling, response in self.follow(principal, run_id, number):
            if response is not None:
                return _ENCODE(telling.view(response))
        raise AssertionError("a run that is followed comes to an end")

    async def last(self, principal: Principal, run_id: str) -> bytes:
        """The run's last response, once the run has ended or only an operator can end it."""
        async for record, telling, _ in self.follow(principal, run_id, _NONE):
            if telling.run.ending is not None or record.status == "in_doubt":
                return _ENCODE(telling.view(telling.responses[-1]))
        raise AssertionError("a run that is followed comes to an end")

    async def stream(
        self, principal: Principal, run_id: str, number: int, after: int = -1
    ) -> AsyncGenerator[bytes, None]:
        """The response's events as they arrive, after event number `after`."""
        sent = after + 1
        async for _, _, response in self.follow(principal, run_id, number):
            told = response.told[sent:] if response is not None else []
            yield b"".join(map(_sent, told)) or KEEP_ALIVE
            sent += len(told)

    async def _go_on(
        self, principal: Principal, record: RunRecord, telling: Telling, words: dict[str, Said]
    ) -> tuple[RunRecord, int]:
        said = await self._desk.judge(principal, record.id, words)
        return said, len(telling.responses) + 1

    async def _answered(
        self, principal: Principal, record: RunRecord, telling: Telling, outputs: dict[str, str]
    ) -> tuple[RunRecord, int]:
        """Returns the earlier response if the same outputs were sent before."""
        known = [telling.answers.get(call_id) for call_id in outputs]
        if None not in known:
            if [each[0] for each in known if each is not None] != [cut(text) for text in outputs.values()]:
                raise Conflict("This call already has a different output; the first one counts.")
            return record, max(each[1] for each in known if each is not None)
        said = await self._desk.answered(principal, record.id, outputs)
        return said, len(telling.responses) + 1


def outputs_of(given: str | list[msgspec.Raw]) -> dict[str, str]:
    """The input's outputs of handed-out calls by call id; mixed with other items, they are refused."""
    if isinstance(given, str):
        return {}
    try:
        kinds = [_READ_KIND.decode(raw).type for raw in given]
        if "function_call_output" not in kinds:
            return {}
        said = [_READ_OUTPUT.decode(raw) for raw in given]
    except UNREADABLE as error:
        raise BadRequest(
            f"The input cannot be read: {error}. function_call_output items stand alone.",
            param="input",
        ) from None
    outputs = {each.call_id: each.text for each in said}
    if len(outputs) < len(said):
        raise BadRequest("The same call has two outputs.", param="input")
    return outputs


def _words(given: str | list[msgspec.Raw]) -> dict[str, Said]:
    """The input's approval decisions by approval id; mixed with other items, they are refused."""
    if isinstance(given, str):
        return {}
    try:
        kinds = [_READ_KIND.decode(raw).type for raw in given]
        if "mcp_approval_response" not in kinds:
            return {}
        words = [_READ_WORD.decode(raw) for raw in given]
    except UNREADABLE as error:
        raise BadRequest(
            f"The input cannot be read: {error}. mcp_approval_response items stand alone.",
            param="input",
        ) from None
    said = {word.approval_request_id: Said(word.approve, word.reason or "") for word in words}
    if len(said) < len(words):
        raise BadRequest("The same approval is answered twice.", param="input")
    return said


def _continued(previous: str, record: RunRecord, telling: Telling) -> tuple[Item, ...]:
    """The conversation that a new run continues."""
    last = telling.responses[-1]
    if last.id != previous:
        raise Conflict(f"The response '{previous}' was followed by '{last.id}': continue from that one.")
    if telling.run.ending is None:
        raise Conflict(
            f"The run {record.id} of this response is {record.status}: it takes an mcp_approval_response, "
            f"and new input when it has ended."
        )
    return conversation(telling.run)


def _sent(event: dict[str, Any]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (event["type"].encode(), _ENCODE(event))
