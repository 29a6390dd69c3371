"""OpenAI's chat completions: reads a request, writes an answer whole or streamed."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, Literal

import msgspec
import orjson

from gateway.vendors.sim import openai_wire as wire
from gateway.vendors.sim import tokens
from gateway.vendors.sim.author import Ask, ToolOffer, compose
from gateway.vendors.sim.behaviour import Behaviour
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.script import (
    Choice,
    Event,
    Part,
    Reasoning,
    Stamp,
    Text,
    ToolCall,
    unkept,
)

CHOICES = 128  # the maximum of `n`


class _Function(msgspec.Struct, frozen=True):
    name: str = ""
    arguments: str = ""
    parameters: Any = None


class _ToolCall(msgspec.Struct, frozen=True):
    function: _Function = _Function()


class _Tool(msgspec.Struct, frozen=True):
    type: str = "function"
    function: _Function | None = None


class _Message(msgspec.Struct, frozen=True):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: wire.Content = None
    tool_calls: list[_ToolCall] | None = None


class _NamedTool(msgspec.Struct, frozen=True):
    type: str = "function"
    function: _Function | None = None


class _Schema(msgspec.Struct, frozen=True):
    schema: Any = None


class _Format(msgspec.Struct, frozen=True):
    type: str = "text"
    json_schema: _Schema | None = None


class _Request(msgspec.Struct, frozen=True):
    model: str
    messages: list[_Message]
    stream: bool | None = None
    stream_options: wire.StreamOptions | None = None
    n: int | None = None
    stop: str | list[str] | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    tools: msgspec.Raw = msgspec.Raw()
    tool_choice: str | _NamedTool | None = None
    parallel_tool_calls: bool | None = None
    response_format: _Format | None = None
    metadata: wire.Metadata | None = None


_REQUESTS = msgspec.json.Decoder(_Request)
_TOOLS = msgspec.json.Decoder(list[_Tool])


class ChatRequest:
    """The parts of a chat request that the simulator uses."""

    __slots__ = ("_request", "behaviour", "model", "stream")

    def __init__(self, body: bytes) -> None:
        """Read a request. Raises `Refused` if it is invalid."""
        self._request = request = wire.decode(_REQUESTS.decode, body)
        if not request.messages:
            raise Refused(
                400,
                "Invalid 'messages': empty array. Expected an array with minimum length 1.",
                param="messages",
                code="empty_array",
            )
        wire.only_of_streams(request.stream_options, request.stream)
        wire.at_least("n", request.n, 1)
        wire.at_least("max_tokens", request.max_tokens, 1)
        wire.at_least("max_completion_tokens", request.max_completion_tokens, 1)
        wire.at_most("n", request.n, CHOICES)
        self.model = request.model
        self.stream = bool(request.stream)
        self.behaviour = request.metadata.behaviour if request.metadata else None

    def reply(self, behaviour: Behaviour, seed: int, stamp: Stamp) -> "ChatReply":
        """The answer to this request."""
        request = self._request
        script = unkept(compose(self._ask(), behaviour, seed))
        options = request.stream_options
        return ChatReply(
            script,
            stamp,
            self.model,
            per_event=behaviour.tokens_per_event or 1,
            include_usage=options is not None and options.include_usage,
        )

    def _ask(self) -> Ask:
        request = self._request
        last_user = next((each for each in reversed(request.messages) if each.role == "user"), None)
        limit = request.max_completion_tokens
        form = request.response_format
        tools = self._tools()
        choice, forced = self._choice(tools)
        stop = request.stop
        return Ask(
            model=self.model.partition("@")[0],
            input_tokens=self._input_tokens(),
            last_user=wire.text_of(last_user.content) if last_user else "",
            tool_results=_results(request.messages),
            tools=tools,
            tool_choice=choice,  # type: ignore[arg-type]  # checked by _choice
            forced_tool=forced,
            parallel_tools=request.parallel_tool_calls is not False,
            choices=request.n or 1,
            max_tokens=request.max_tokens if limit is None else limit,
            stop=(stop,) if isinstance(stop, str) else tuple(stop or ()),
            format={"json_object": "object", "json_schema": "schema"}.get(form.type, "text")  # type: ignore[arg-type]
            if form
            else "text",
            schema=form.json_schema.schema if form and form.json_schema else None,
        )

    def _input_tokens(self) -> int:
        request = self._request
        total = tokens.REQUEST + tokens.of_bytes(len(bytes(request.tools)))
        for message in request.messages:
            total += tokens.MESSAGE + wire.content_tokens(message.content)
            for call in message.tool_calls or ():
                total += tokens.count(call.function.name) + tokens.count(call.function.arguments)
        return total

    def _tools(self) -> tuple[ToolOffer, ...]:
        given = bytes(self._request.tools)
        if not given or given == b"null":
            return ()
        return tuple(
            ToolOffer(tool.function.name, tool.function.parameters)
            for tool in wire.decode(_TOOLS.decode, given)
            if tool.function is not None and tool.function.name
        )

    def _choice(self, tools: tuple[ToolOffer, ...]) -> tuple[str, str | None]:
        choice = self._request.tool_choice
        if choice is None:
            return "auto", None
        if isinstance(choice, str):
            if choice not in ("auto", "none", "required"):
                raise Refused(
                    400,
                    f"Invalid value: '{choice}'. Supported values are: 'none', 'auto', and 'required'.",
                    param="tool_choice",
                    code="invalid_value",
                )
            return choice, None
        if choice.function is None:
            return "auto", None
        if choice.function.name not in {tool.name for tool in tools}:
            raise Refused(
                400,
                f"Tool choice '{choice.function.name}' not found in 'tools' parameter.",
                param="tool_choice",
                code="invalid_value",
            )
        return "required", choice.function.name


def _results(messages: list[_Message]) -> tuple[str, ...]:
    """The tool results that a conversation ends with, in order."""
    results: list[str] = []
    for message in reversed(messages):
        if message.role not in ("tool", "function"):
            break
        results.append(wire.text_of(message.content))
    return tuple(reversed(results))


class ChatReply(wire.ScriptedReply):
    """One chat completion."""

    __slots__ = ()

    def whole(self, *, usage: bool = True, finish: bool = True) -> bytes:
        choices = b",".join(
            self._whole_choice(index, choice, finish=finish)
            for index, choice in enumerate(self._script.choices)
        )
        return b"".join(
            (
                self._head(b"chat.completion"),
                choices,
                b"]",
                b',"usage":' + wire.usage_json(self._script.usage) if usage else b"",
                b"}",
            )
        )

    def events(self, without: frozenset[Part] = frozenset()) -> Iterator[Event]:
        head = b"data: " + self._head(b"chat.completion.chunk")
        end = b'],"usage":null}\n\n' if self._include_usage else b"]}\n\n"
        streams = [
            self._choice_events(index, choice, head + b'{"index":%d,"delta":' % index, end)
            for index, choice in enumerate(self._script.choices)
        ]
        if len(streams) == 1:
            yield from streams[0]
        else:
            for row in zip_longest(*streams):
                yield from (event for event in row if event is not None)
        if self._include_usage:
            last = b'],"usage":' + wire.usage_json(self._script.usage) + b"}\n\n"
            yield Event(Part.USAGE, head + last)
        yield Event(Part.DONE, wire.DONE)

    def broken(self) -> bytes:
        return wire.BROKEN

    def failure(self, *, stream: bool) -> bytes:
        return b"data: " + wire.failure_json() + b"\n\n" if stream else wire.failure_json()

    def _head(self, kind: bytes) -> bytes:
        return (
            b'{"id":"chatcmpl-%b","object":"%b","created":%d,"model":%b,'
            b'"service_tier":"default","system_fingerprint":"fp_simulator","choices":['
            % (self._stamp.id.encode(), kind, self._stamp.created, self._model)
        )

    def _call_id(self, choice: int, call: int) -> str:
        return f"call_{self._stamp.id}{choice:02x}{call:02x}"

    def _whole_choice(self, index: int, choice: Choice, *, finish: bool) -> bytes:
        text = "".join(each.text for each in choice.segments if isinstance(each, Text))
        thought = "".join(each.text for each in choice.segments if isinstance(each, Reasoning))
        calls = [each for each in choice.segments if isinstance(each, ToolCall)]
        message: dict[str, Any] = {
            "role": "assistant",
            "content": text if text or not calls else None,
            "refusal": None,
            "annotations": [],
        }
        if thought:
            message["reasoning_content"] = thought
        if calls:
            message["tool_calls"] = [
                {
                    "id": self._call_id(index, number),
                    "type": "function",
                    "function": {"name": call.name, "arguments": call.arguments},
                }
                for number, call in enumerate(calls)
            ]
        reason = b'"%b"' % choice.finish.encode() if finish else b"null"
        return b'{"index":%d,"message":%b,"logprobs":null,"finish_reason":%b}' % (
            index,
            orjson.dumps(message),
            reason,
        )

    def _choice_events(self, index: int, choice: Choice, head: bytes, end: bytes) -> Iterator[Event]:
        go_on = b',"logprobs":null,"finish_reason":null}' + end
        content = b'""' if any(isinstance(each, Text) for each in choice.segments) else b"null"
        yield Event(Part.OPEN, head + b'{"role":"assistant","content":%b,"refusal":null}' % content + go_on)
        number = 0
        for segment in choice.segments:
            if isinstance(segment, ToolCall):
                call = {"index": number, "id": self._call_id(index, number), "type": "function"}
                yield from self._call_events(segment, call, head, go_on)
                number += 1
            elif isinstance(segment, Reasoning):
                yield from self._pieces(
                    Part.REASONING, segment.text, head + b'{"reasoning_content":', b"}" + go_on
                )
            else:
                yield from self._pieces(Part.TEXT, segment.text, head + b'{"content":', b"}" + go_on)
        reason = choice.finish.encode()
        yield Event(Part.FINISH, head + b'{},"logprobs":null,"finish_reason":"%b"}' % reason + end)

    def _call_events(
        self, call: ToolCall, first: dict[str, Any], head: bytes, go_on: bytes
    ) -> Iterator[Event]:
        opened = orjson.dumps(first | {"function": {"name": call.name, "arguments": ""}})
        yield Event(Part.TOOL, head + b'{"tool_calls":[' + opened + b"]}" + go_on, tokens.count(call.name))
        head += b'{"tool_calls":[{"index":%d,"function":{"arguments":' % first["index"]
        yield from self._pieces(Part.TOOL, call.arguments, head, b"}}]}" + go_on)

    def _pieces(self, part: Part, text: str, head: bytes, tail: bytes) -> Iterator[Event]:
        left = tokens.count(text)
        for piece in tokens.pieces(text, self._per_event):
            handed = min(left, self._per_event)
            left -= handed
            yield Event(part, head + orjson.dumps(piece) + tail, handed)
