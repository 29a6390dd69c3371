"""Reads and writes the content of Ollama's messages: https://docs.ollama.com/api/chat."""

from collections.abc import Iterable
from typing import Any

from dialects import arguments
from dialects.carrying import pack, unpack
from dialects.conversation import (
    Extra,
    Image,
    Inline,
    Message,
    Part,
    Refusal,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from dialects.members import Members, checked, unknown

# The first bytes of image formats in base64: Ollama names no type, but inspects the bytes.
_STARTS = {"iVBOR": "image/png", "/9j/": "image/jpeg", "R0lG": "image/gif", "UklGR": "image/webp"}
_ROLES: dict[str, Any] = {"system": "system", "user": "user", "assistant": "assistant"}
_PARAGRAPH = "\n\n"
CALL = "call_"


class Turns:
    """Reads messages in which calls may lack ids, and results may name only their tool.

    A call without an id gets one: the prefix and its index among all calls.
    """

    __slots__ = ("_count", "_open", "_prefix")

    def __init__(self, prefix: str = CALL) -> None:
        self._prefix = prefix
        self._count = 0
        self._open: list[ToolCall] = []  # calls without a result yet

    def read(self, members: Members) -> tuple[Message, ...]:
        """All messages; consecutive results are one turn. Raises Malformed."""
        turns: list[Message] = []
        for value, place in members.items("messages"):
            message = Members(value, place)
            role = message.need("role", str)
            if role == "tool":
                result = self._read_result(message)
                if turns and turns[-1].role == "tool":
                    turns[-1] = Message("tool", (*turns[-1].parts, result))
                else:
                    turns.append(Message("tool", (result,)))
            elif role in _ROLES:
                parts = self.read_parts(message)
                turns.append(Message(_ROLES[role], parts, extra=message.rest()))
            else:
                raise unknown(message.at("role"), role, "system, user, assistant, tool")
        return tuple(turns)

    def read_parts(self, message: Members) -> tuple[Part, ...]:
        """The parts in the order in which a model produces them: thinking, text, images, calls."""
        thought = message.take("thinking", str)
        parts: list[Part] = [Thinking(thought)] if thought else []
        parts += _read_said(message)
        calls = message.each("tool_calls", self._read_call)
        self._open += calls
        return (*parts, *calls)

    def _read_call(self, value: Any, place: str) -> ToolCall:
        call = read_call(value, place, f"{self._prefix}{self._count}")
        self._count += 1
        return call

    def _read_result(self, message: Members) -> ToolResult:
        id, name = message.take("tool_call_id", str), message.take("tool_name", str)
        id = unpack(id)[0] if id else None
        call = self._answered(id, name)
        if call is not None:
            id, name = call.id, name or call.name
        parts = tuple(part for part in _read_said(message) if isinstance(part, Text | Image))
        return ToolResult(id or f"{self._prefix}{self._count}", parts, name=name, extra=message.rest())

    def _answered(self, id: str | None, name: str | None) -> ToolCall | None:
        """The open call with the result's id or, without an id, the first with its tool's name, if given."""
        for call in self._open:
            if (call.id == id) if id else (name is None or call.name == name):
                self._open.remove(call)
                return call
        return None


def _read_said(message: Members) -> list[Part]:
    text = message.take("content", str)
    said: list[Part] = [Text(text)] if text else []
    return said + list(message.each("images", read_image))


def read_image(value: Any, place: str) -> Image:
    """An image, its type taken from its first bytes; some clients send a `data:` URL."""
    data = checked(value, str, place)
    if data.startswith("data:"):
        data = data.partition(",")[2]
    kind = next((kind for start, kind in _STARTS.items() if data.startswith(start)), "image/png")
    return Image(Inline(kind, data))


def read_call(value: Any, place: str, id: str) -> ToolCall:
    """A tool call, with this id if it has none."""
    call = Members(value, place)
    function = Members(call.need("function", dict), call.at("function"))
    function.take("index", int)  # its index among the calls, which the list already gives
    call.take("type", str)
    id, signature = unpack(call.take("id", str) or id)
    name, given = function.need("name", str), arguments.to_text(function.either("arguments", dict, str))
    return ToolCall(id, name, given, signature, extra=call.rest())


def write_call(call: ToolCall) -> Extra:
    """The call, with any signature packed into its id: servers without ids ignore it."""
    function = {"name": call.name, "arguments": arguments.to_object(call.arguments)}
    id = call.id if call.signature is None else pack(call.id, call.signature)
    return {"id": id, "function": function} | (call.extra or {})


def write_messages(messages: Iterable[Message]) -> list[Extra]:
    """The messages; each tool result is a separate message that names its tool."""
    written: list[Extra] = []
    names: dict[str, str] = {}
    for message in messages:
        names |= {part.id: part.name for part in message.parts if isinstance(part, ToolCall)}
        if message.role == "tool":
            results = [part for part in message.parts if isinstance(part, ToolResult)]
            written += [_write_result(result, names.get(result.id)) for result in results]
        else:
            role = "system" if message.role == "developer" else message.role
            written.append({"role": role} | write_parts(message.parts, role) | (message.extra or {}))
    return written


def _write_result(result: ToolResult, called: str | None) -> Extra:
    name = result.name or called
    head: Extra = {"role": "tool"} | ({"tool_name": name} if name else {}) | {"tool_call_id": result.id}
    return head | write_parts(result.parts, "tool") | (result.extra or {})


def write_parts(parts: Iterable[Part], role: str) -> Extra:
    """The members for these parts, always including `content`.

    A model's texts are concatenated; others' texts become paragraphs.
    """
    texts: list[str] = []
    thoughts: list[str] = []
    images: list[str] = []
    calls: list[Extra] = []
    for part in parts:
        match part:
            case Text() | Refusal():
                texts.append(part.text)
            case Thinking():
                thoughts.append(part.text)
            case Image(source=Inline() as source):
                images.append(source.data)
            case ToolCall():
                calls.append(write_call(part))
    members: Extra = {"content": ("" if role == "assistant" else _PARAGRAPH).join(texts)}
    named = {"thinking": "".join(thoughts), "images": images, "tool_calls": calls}
    return members | {name: value for name, value in named.items() if value}
