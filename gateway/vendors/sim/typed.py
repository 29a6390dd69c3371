"""Serves every wire format except OpenAI's older ones, through the typed form."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from types import MappingProxyType

import msgspec

from dialects.answer import (
    Answer,
    Counted,
    Delta,
    Finished,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.answer import Choice as WholeChoice
from dialects.answer import Finish as Ending
from dialects.conversation import (
    Audio,
    Conversation,
    File,
    Image,
    Message,
    Refusal,
    Thinking,
    Tool,
    ToolResult,
    Video,
)
from dialects.conversation import (
    Part as ContentPart,
)
from dialects.conversation import (
    Text as TextPart,
)
from dialects.conversation import (
    ToolCall as CallPart,
)
from dialects.dialect import Dialect
from dialects.dialect import Reply as Minted
from dialects.errors import Malformed, VendorError
from dialects.usage import Usage
from gateway.vendors.sim import openai_wire as wire
from gateway.vendors.sim import tokens
from gateway.vendors.sim.author import Ask, ToolOffer, compose
from gateway.vendors.sim.behaviour import Behaviour
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.framed import broken_event, uncounted, uncounted_events
from gateway.vendors.sim.openai_chat import CHOICES
from gateway.vendors.sim.script import Choice, Event, Part, Reasoning, Script, Stamp, ToolCall

_FAILURE = VendorError(
    "The simulated model failed while it was answering.", type="server_error", code="simulated_failure"
)


_NO_WRITES = {"cache_write": 0, "cache_write_1h": 0}
# Token classes that a format does not report, which its vendor cannot bill separately.
_UNTOLD: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "openai_responses": {"cache_write_1h": 0},
        "gemini": _NO_WRITES,
        "bedrock_converse": {"reasoning": 0},
        "cohere_chat": {"reasoning": 0, **_NO_WRITES},
        "ollama_chat": {"reasoning": 0, "cached_read": 0, **_NO_WRITES},
        "ollama_generate": {"reasoning": 0, "cached_read": 0, **_NO_WRITES},
    }
)


class TypedRequest:
    """The parts of a request that the simulator uses."""

    __slots__ = ("_asked", "_dialect", "behaviour", "model", "stream")

    def __init__(self, dialect: Dialect, body: bytes, model: str = "", stream: bool | None = None) -> None:
        """Read a request, part of which may be in the path. Raises `Refused` if it is invalid."""
        try:
            asked = dialect.read_request(body)
        except Malformed as error:
            raise Refused(400, error.message, param=error.param, code=error.code or "invalid_value") from None
        if not asked.messages:
            raise Refused(400, "There is no message to answer.", param="messages", code="empty_array")
        wire.at_most("choices", asked.sampling.choices, CHOICES)
        self._dialect = dialect
        self._asked = asked
        self.model = model or asked.model
        self.stream = asked.stream if stream is None else stream
        self.behaviour = (asked.metadata or {}).get("sim")

    def reply(self, behaviour: Behaviour, seed: int, stamp: Stamp) -> "TypedReply":
        """The answer to this request."""
        script = compose(_ask(self._asked, self.model), behaviour, seed)
        usage = msgspec.structs.replace(script.usage, **_UNTOLD.get(self._dialect.name, {}))
        script = msgspec.structs.replace(script, usage=usage)
        include_usage = self._asked.include_usage or self._dialect.name != "openai_chat"
        minted = Minted(stamp.id, stamp.created, self.model, include_usage)
        return TypedReply(self._dialect, script, minted, per_event=behaviour.tokens_per_event or 1)


def _ask(asked: Conversation, model: str) -> Ask:
    choice, form, sampling = asked.tool_choice, asked.format, asked.sampling
    tools = tuple(ToolOffer(tool.name, tool.parameters) for tool in asked.tools if isinstance(tool, Tool))
    forced = choice.names[0] if choice is not None and choice.names else None
    if forced is not None and forced not in {tool.name for tool in tools}:
        raise Refused(400, f"Tool choice '{forced}' not found in 'tools'.", param="tool_choice")
    last_user = next((each for each in reversed(asked.messages) if each.role == "user"), None)
    return Ask(
        model=model.partition("@")[0],
        input_tokens=input_tokens(asked),
        last_user=_text(last_user.parts) if last_user else "",
        tool_results=_results(asked.messages),
        tools=tools,
        tool_choice="auto" if choice is None else choice.mode,
        forced_tool=forced,
        parallel_tools=asked.parallel_tools is not False,
        choices=sampling.choices,
        max_tokens=sampling.max_output,
        stop=sampling.stop,
        format="text" if form is None else "object" if form.kind == "json" else "schema",
        schema=None if form is None else form.schema,
    )


def _text(parts: tuple[ContentPart, ...]) -> str:
    return "\n".join(part.text for part in parts if isinstance(part, TextPart) and part.text)


def _results(messages: tuple[Message, ...]) -> tuple[str, ...]:
    """The tool results at the conversation's end; some formats have a message for each."""
    found: list[str] = []
    for message in reversed(messages):
        said = [_text(part.parts) for part in message.parts if isinstance(part, ToolResult)]
        if not said:
            break
        found[:0] = said
    return tuple(found)


def input_tokens(asked: Conversation) -> int:
    """The input tokens of a conversation."""
    offered = msgspec.json.encode(asked.tools) if asked.tools else b""
    total = tokens.REQUEST + tokens.of_bytes(len(offered))
    for message in asked.messages:
        total += tokens.MESSAGE + sum(map(_part_tokens, message.parts))
    return total


def _part_tokens(part: ContentPart) -> int:
    match part:
        case TextPart() | Thinking() | Refusal():
            return tokens.count(part.text)
        case CallPart():
            return tokens.count(part.name) + tokens.count(part.arguments)
        case ToolResult():
            return sum(map(_part_tokens, part.parts))
        case Image() | Audio() | Video() | File():
            return tokens.PART
    return 0


class TypedReply:
    """One answer, in the format of its request."""

    __slots__ = ("_dialect", "_minted", "_per_event", "_script")

    def __init__(self, dialect: Dialect, script: Script, minted: Minted, *, per_event: int) -> None:
        self._dialect = dialect
        self._script = script
        self._minted = minted
        self._per_event = per_event

    @property
    def stream_type(self) -> bytes:
        return self._dialect.stream_type

    @property
    def usage(self) -> Usage:
        return self._script.usage

    @property
    def written(self) -> int:
        return self._script.written

    def whole(self, *, usage: bool = True, finish: bool = True) -> bytes:
        """The answer in one body; `finish` is ignored, as most formats always have a finish reason."""
        choices = tuple(
            WholeChoice(
                tuple(self._part(choice, index, number) for number in range(len(choice.segments))),
                Ending(choice.finish),
                index,
            )
            for index, choice in enumerate(self._script.choices)
        )
        minted = self._minted
        answer = Answer(
            self._dialect.name,
            choices,
            minted.id,
            minted.model,
            minted.created,
            self._script.usage if usage else None,
        )
        body = self._dialect.write_answer(answer, minted)
        return body if usage else uncounted(body)

    def events(self, without: frozenset[Part] = frozenset()) -> Iterator[Event]:
        """The stream's events; one with deltas that the writer held back is labelled by the first of them."""
        writer = self._dialect.writer(self._minted)
        owed = Part.USAGE not in without  # the usage has not been reported yet
        held, first = 0, None  # tokens held back, and the first part among them
        for part, delta, size in self._deltas(counted=owed):
            data = b"" if part in without else writer.write([delta])
            held += size
            first = first or (part if held else None)
            if data:
                owed &= part is not Part.USAGE
                yield Event(first or part, self._told(data, without), held)
                held, first = 0, None
        end = b"" if Part.DONE in without else self._told(writer.end(), without)
        if end:
            yield Event(Part.USAGE if owed else Part.DONE, end, held)

    def _told(self, data: bytes, without: frozenset[Part]) -> bytes:
        return uncounted_events(data, self._dialect.framing) if Part.USAGE in without else data

    def _deltas(self, *, counted: bool) -> Iterator[tuple[Part, Delta, int]]:
        minted = self._minted
        # Input is counted before the answer, and some formats report it at the start.
        begun = msgspec.structs.replace(self.usage, output=0, reasoning=0) if counted else None
        yield Part.OPEN, Started(minted.id, minted.model, minted.created, begun), 0
        for index, choice in enumerate(self._script.choices):
            yield from self._choice_deltas(index, choice)
            yield Part.FINISH, Finished(Ending(choice.finish), index), 0
        yield Part.USAGE, Counted(self.usage), 0

    def _choice_deltas(self, index: int, choice: Choice) -> Iterator[tuple[Part, Delta, int]]:
        for number, segment in enumerate(choice.segments):
            if isinstance(segment, ToolCall):
                signed = self._call_signature(choice, number)
                opened = ToolStarted(self._call_id(index, number), segment.name, number, index, signed)
                yield Part.TOOL, opened, tokens.count(segment.name)
                for piece, size in self._pieces(segment.arguments):
                    yield Part.TOOL, ToolDelta(piece, number, index), size
            elif isinstance(segment, Reasoning):
                origin = self._origin
                for piece, size in self._pieces(segment.text):
                    yield Part.REASONING, ThinkingDelta(piece, None, origin, None, number, index), size
                if origin:
                    seal = ThinkingDelta("", _signature(segment.text), origin, None, number, index)
                    yield Part.REASONING, seal, 0
            else:
                for piece, size in self._pieces(segment.text):
                    yield Part.TEXT, TextDelta(piece, number, index), size

    def _pieces(self, text: str) -> Iterator[tuple[str, int]]:
        left = tokens.count(text)
        for piece in tokens.pieces(text, self._per_event):
            handed = min(left, self._per_event)
            left -= handed
            yield piece, handed

    @property
    def _origin(self) -> str:
        """The origin of signatures in this format; "" if its models do not sign thinking."""
        return min(self._dialect.origins - {""}, default="")

    def _call_id(self, choice: int, number: int) -> str:
        return f"call_{self._minted.id}{choice:02x}{number:02x}"

    def _call_signature(self, choice: Choice, number: int) -> str | None:
        """The signature of a call that directly follows reasoning, if the format can express one."""
        before = choice.segments[number - 1] if number else None
        if not isinstance(before, Reasoning) or "tool_call.signature" in self._dialect.cannot:
            return None
        return _signature(f"The call after: {before.text}")

    def broken(self) -> bytes:
        return broken_event(self._dialect.framing)

    def failure(self, *, stream: bool) -> bytes:
        write = self._dialect.write_error_event if stream else self._dialect.write_error
        return write(_FAILURE, 500)

    def _part(self, choice: Choice, index: int, number: int) -> ContentPart:
        segment = choice.segments[number]
        if isinstance(segment, ToolCall):
            signed = self._call_signature(choice, number)
            return CallPart(self._call_id(index, number), segment.name, segment.arguments, signed)
        if isinstance(segment, Reasoning):
            origin = self._origin
            return Thinking(segment.text, _signature(segment.text) if origin else None, origin)
        return TextPart(segment.text)


def _signature(text: str) -> str:
    """A stand-in for a vendor's opaque signature: the same for the same text."""
    return b64encode(blake2b(text.encode(), digest_size=24).digest()).decode()
