"""Ollama's streamed answers, a JSON object per line: https://docs.ollama.com/api/streaming."""

from collections.abc import Sequence
from typing import Any

import msgspec

from dialects.answer import (
    Counted,
    Delta,
    Failed,
    Finish,
    Finished,
    PartDelta,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Image, Part, ToolCall
from dialects.dialect import Reply
from dialects.errors import Malformed, VendorError
from dialects.ollama.answer import (
    prefix_of,
    read_counts,
    read_finish,
    read_logprobs,
    read_time,
    write_end,
    write_time,
)
from dialects.ollama.message import read_call, read_image, write_parts
from dialects.openai.common import read_halves, read_vendor_error
from dialects.usage import Usage
from dialects.watching import MALFORMED

_ENCODE = msgspec.json.Encoder().encode


class _Message(msgspec.Struct, frozen=True, gc=False):
    content: str | None = None
    thinking: str | None = None
    tool_calls: list[Any] | None = None
    images: list[Any] | None = None


class _Line(msgspec.Struct, frozen=True, gc=False):
    """A line of a chat, or of a generate answer, which has the text at the top level."""

    model: str | None = None
    created_at: str | None = None
    message: _Message | None = None
    response: str | None = None
    thinking: str | None = None
    done: bool | None = None
    done_reason: str | None = None
    prompt_eval_count: Any = None
    eval_count: Any = None
    logprobs: Any = None
    error: Any = None


_DECODE = msgspec.json.Decoder(_Line).decode
_JOINED = frozenset(["content", "thinking", "response"])


class OllamaReader:
    """An EventReader for the lines up to the one with `done`."""

    __slots__ = ("_calls", "_parts", "_started", "_text", "_thought", "done")

    def __init__(self) -> None:
        self.done = False
        self._started = False
        self._parts = 0
        self._text = self._thought = -1  # their part numbers
        self._calls = 0

    def read(self, event: bytes) -> Sequence[Delta]:
        if self.done or not event.strip():
            return ()
        try:
            line = _DECODE(event)
        except (ValueError, RecursionError):
            loose = _loosely(event)
            if isinstance(loose, Failed):
                return (loose,)
            line = loose
        if line.error:
            return (Failed(read_vendor_error({"error": line.error})),)
        said = line.message
        if said is None:
            if line.response is None and not line.done:
                return ()
            said = _Message(line.response, line.thinking)
        if said.content and self._text >= 0 and not (said.thinking or said.tool_calls or line.done):
            return (TextDelta(said.content, self._text, 0, read_logprobs(line.logprobs)),)
        try:
            return self._read(line, said)
        except Malformed as error:
            return (_malformed(f"a line of an unknown shape at '{error.param}'"),)

    def end(self) -> Sequence[Delta]:
        return ()

    def _read(self, line: _Line, said: _Message) -> list[Delta]:
        deltas: list[Delta] = []
        if not self._started:
            self._started = True
            deltas.append(Started("", line.model or "", read_time(line.created_at)))
        if said.thinking:
            if self._thought < 0:
                self._thought = self._next()
            deltas.append(ThinkingDelta(said.thinking, part=self._thought))
        if said.content:
            if self._text < 0:
                self._text = self._next()
            deltas.append(TextDelta(said.content, self._text, 0, read_logprobs(line.logprobs)))
        for number, image in enumerate(said.images or ()):
            deltas.append(PartDelta(read_image(image, f"message.images.{number}"), self._next()))
        for number, value in enumerate(said.tool_calls or ()):
            id = f"{prefix_of(line.created_at)}{self._calls}"
            call = read_call(value, f"message.tool_calls.{number}", id)
            part, self._calls = self._next(), self._calls + 1
            began = ToolStarted(call.id, call.name, part, signature=call.signature)
            deltas += [began, ToolDelta(call.arguments, part)]
        if line.done:
            self.done = True
            deltas.append(Finished(read_finish(line.done_reason, self._calls > 0)))
            usage = read_counts(line.prompt_eval_count, line.eval_count)
            deltas += [] if usage is None else [Counted(usage)]
        return deltas

    def _next(self) -> int:
        self._parts += 1
        return self._parts - 1


def _loosely(event: bytes) -> _Line | Failed:
    found = read_halves(event, _JOINED)
    if not isinstance(found, dict):
        return _malformed("a line that is not JSON")
    try:
        return msgspec.convert(found, _Line)
    except msgspec.ValidationError as error:
        return _malformed(f"a line of an unknown shape: {error}")


def _malformed(what: str) -> Failed:
    return Failed(VendorError(what, code=MALFORMED))


class OllamaWriter:
    """A StreamWriter; tool calls are written whole, so they wait for the end.

    Without `chat`, only text and thinking are written.
    """

    __slots__ = (
        "_calls",
        "_chat",
        "_created",
        "_end",
        "_finish",
        "_head",
        "_reply",
        "_text",
        "_thought",
        "_usage",
    )

    def __init__(self, reply: Reply, *, chat: bool = True) -> None:
        self._reply = reply
        self._chat = chat
        self._calls: dict[int, ToolCall] = {}
        self._finish = Finish("stop")
        self._usage: Usage | None = None
        self._begin(reply.model, reply.created)
        self._end = b'},"done":false}\n' if chat else b',"done":false}\n'

    def write(self, deltas: Sequence[Delta]) -> bytes:
        out: list[bytes] = []
        for delta in deltas:
            if type(delta) is TextDelta and not delta.logprobs and not delta.choice:
                out.append(self._text + _ENCODE(delta.text) + self._end)
            else:
                out.append(self._hear(delta))
        return b"".join(out)

    def end(self) -> bytes:
        said = {"message": {"role": "assistant", "content": ""}} if self._chat else {"response": ""}
        return self._head + _ENCODE(said | write_end(self._finish, self._usage))[1:] + b"\n"

    def _begin(self, model: str, created: int) -> None:
        head = _ENCODE({"model": model, "created_at": write_time(created)})
        self._head = head[:-1] + b","
        self._text = self._head + (
            b'"message":{"role":"assistant","content":' if self._chat else b'"response":'
        )
        self._thought = self._text + b'"","thinking":'

    def _hear(self, delta: Delta) -> bytes:
        match delta:
            case Started():
                self._begin(delta.model or self._reply.model, delta.created or self._reply.created)
                self._usage = delta.usage or self._usage
            case Counted():
                self._usage = delta.usage
            case Finished(choice=0):
                self._finish = delta.finish
                return self._say(*self._calls.values())
            case TextDelta(choice=0):
                logprobs = b',"logprobs":' + _ENCODE(delta.logprobs)
                end = self._end[:-2] + logprobs + self._end[-2:]
                return self._text + _ENCODE(delta.text) + end
            case RefusalDelta(choice=0):
                return self._text + _ENCODE(delta.text) + self._end
            case ThinkingDelta(choice=0) if delta.text:
                return self._thought + _ENCODE(delta.text) + self._end
            case PartDelta(value=Image() as image, choice=0):
                return self._say(image)
            case ToolStarted(choice=0):
                self._calls[delta.part] = ToolCall(delta.id, delta.name, "", delta.signature)
            case ToolDelta(choice=0) if call := self._calls.get(delta.part):
                longer = call.arguments + delta.arguments
                self._calls[delta.part] = msgspec.structs.replace(call, arguments=longer)
        return b""

    def _say(self, *parts: Part) -> bytes:
        """A separate line with these parts; b"" unless it is a chat, the only form that can hold them."""
        if not parts or not self._chat:
            return b""
        said = {"message": {"role": "assistant"} | write_parts(parts, "assistant"), "done": False}
        return self._head + _ENCODE(said)[1:] + b"\n"
