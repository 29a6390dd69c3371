"""Reads the messages of a chat request into turns."""

from typing import Any

import msgspec

from dialects import carrying
from dialects.checking import checked, unknown, wrong
from dialects.conversation import (
    Audio,
    Extra,
    File,
    Image,
    Message,
    Native,
    Part,
    Refusal,
    Role,
    Stored,
    Text,
    ToolCall,
    ToolResult,
)
from dialects.openai.chat_parts import NAME, cache_of, read_content, read_images
from dialects.openai.chat_voice import read_thoughts


class _Spoken(msgspec.Struct, frozen=True, gc=False):
    """A system, developer or user message."""

    role: str
    content: str | list[Any]
    name: str | None = None


class _Sound(msgspec.Struct, frozen=True, gc=False):
    id: str


class _Called(msgspec.Struct, frozen=True, gc=False):
    name: str
    arguments: str


class _Call(msgspec.Struct, frozen=True, gc=False):
    id: str
    function: _Called
    type: str = "function"


class _Answered(msgspec.Struct, frozen=True, gc=False):
    role: str
    content: str | list[Any] | None = None
    name: str | None = None
    refusal: str | None = None
    audio: _Sound | None = None
    tool_calls: list[Any] | None = None
    function_call: _Called | None = None


class _Result(msgspec.Struct, frozen=True, gc=False):
    role: str
    tool_call_id: str
    content: str | list[Any] | None = None
    name: str | None = None


class _Returned(msgspec.Struct, frozen=True, gc=False):
    """The result of a legacy `function_call`."""

    role: str
    name: str
    content: str | None = None


_THOUGHTS = ("reasoning_content", "reasoning", "reasoning_details", "images")


def read_messages(found: list[Any]) -> tuple[Message, ...]:
    """All turns; consecutive tool results form one. Raises Malformed, with the position."""
    turns: list[Message] = []
    last_function = ""  # the id assigned to the last legacy call
    for number, message in enumerate(found):
        place = f"messages.{number}"
        role = message.get("role") if isinstance(message, dict) else None
        if role in ("system", "developer", "user"):
            turns.append(_spoken(message, role, place))
        elif role == "assistant":
            # A legacy call has no id: its message's number serves as one.
            turns.append(_assistant(message, place, f"call_{number}"))
            last_function = f"call_{number}"
        elif role == "tool" or role == "function":
            result = _result(message, place) if role == "tool" else _returned(message, place, last_function)
            if turns and turns[-1].role == "tool":
                turns[-1] = Message("tool", (*turns[-1].parts, result))
            else:
                turns.append(Message("tool", (result,)))
        else:
            checked(message, _Spoken, place)
            raise wrong(f"{place}.role", f"there is no role {role!r}")
    return tuple(turns)


def _spoken(message: dict[str, Any], role: Role, place: str) -> Message:
    content = message.get("content")
    if len(message) == 2 and type(content) is str and content:
        return Message(role, (Text(content),))  # most messages: a role and a text
    spoken = checked(message, _Spoken, place)
    parts = read_content(spoken.content, f"{place}.content")
    return Message(role, parts, spoken.name, unknown(message, _Spoken))


def _assistant(message: dict[str, Any], place: str, function_id: str) -> Message:
    said = checked(message, _Answered, place)
    parts: list[Part] = [*read_thoughts(message), *read_content(said.content, f"{place}.content")]
    if said.refusal:
        parts.append(Refusal(said.refusal))
    if said.audio is not None:
        parts.append(Audio(Stored(said.audio.id)))
    parts += read_images(message.get("images"))
    if said.function_call is not None:
        parts.append(ToolCall(function_id, said.function_call.name, said.function_call.arguments))
    for number, call in enumerate(said.tool_calls or ()):
        parts.append(_call(call, f"{place}.tool_calls.{number}"))
    return Message("assistant", tuple(parts), said.name, unknown(message, _Answered, *_THOUGHTS))


def _call(call: Any, place: str) -> Part:
    if isinstance(call, dict) and call.get("type", "function") != "function":
        return Native(NAME, call)  # such as a call of a free-text tool
    found = checked(call, _Call, place)
    id, signature = carrying.unpack(found.id)
    called = found.function
    return ToolCall(id, called.name, called.arguments, signature, extra=unknown(call, _Call))


def _result(message: dict[str, Any], place: str) -> ToolResult:
    result = checked(message, _Result, place)
    return ToolResult(
        carrying.unpack(result.tool_call_id)[0],
        _seen(read_content(result.content, f"{place}.content"), f"{place}.content"),
        result.name,
        cache=cache_of(message),
        extra=unknown(message, _Result),
    )


def _seen(parts: tuple[Part, ...], place: str) -> tuple[Text | Image | File, ...]:
    """OpenAI accepts only text in tool results; some imitators also accept images."""
    seen = []
    for number, part in enumerate(parts):
        if not isinstance(part, Text | Image | File):
            raise wrong(f"{place}.{number}.type", "the result of a tool is made of text")
        seen.append(part)
    return tuple(seen)


def _returned(message: dict[str, Any], place: str, id: str) -> ToolResult:
    returned = checked(message, _Returned, place)
    extra: Extra | None = unknown(message, _Returned)
    return ToolResult(id, (Text(returned.content),) if returned.content else (), returned.name, extra=extra)
