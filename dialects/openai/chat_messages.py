"""Writes a conversation's turns as chat messages for a vendor."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from dialects.conversation import (
    Audio,
    File,
    Image,
    Inline,
    Message,
    Native,
    Part,
    RedactedThinking,
    Refusal,
    Stored,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Url,
    Video,
)
from dialects.errors import Unsupported
from dialects.openai.chat_parts import NAME, address_of, write_content
from dialects.openai.reasoning import plain_thoughts

# Parts that are never lost in the roles in which conversations have them.
_ANYWHERE = frozenset([Text, ToolCall, Thinking, RedactedThinking])


def write_messages(turns: Iterable[Message], *, own: bool, drop: bool) -> list[dict[str, Any]]:
    """All messages. Parts that no message of their role can hold are dropped, or raise Unsupported."""
    body = _written(turns, own=own)
    if body.lost and not drop:
        raise Unsupported(NAME, list(dict.fromkeys(body.lost)))
    return body.written


def misplaced(turns: Sequence[Message], *, own: bool) -> tuple[str, ...]:
    """The names of the parts that no message of their role can hold, each once."""
    odd = any(type(part) not in _ANYWHERE for turn in turns for part in turn.parts)
    return tuple(dict.fromkeys(_written(turns, own=own).lost)) if odd else ()


def _written(turns: Iterable[Message], *, own: bool) -> "_Messages":
    body = _Messages(own=own)
    for turn in turns:
        body.add(turn)
    return body


class _Messages:
    """The messages written so far, and the names of the parts that they could not hold."""

    __slots__ = ("_own", "lost", "written")

    def __init__(self, *, own: bool) -> None:
        self._own = own  # whether parts known only to this format may be written
        self.written: list[dict[str, Any]] = []
        self.lost: list[str] = []

    def add(self, turn: Message) -> None:
        if turn.role == "tool":
            self._results(turn)
            return
        if turn.role == "assistant":
            message = self._answer(turn)
        else:
            holds = _is_content if turn.role == "user" else _is_text
            content = write_content(self._kept(turn.parts, holds))
            message = {"role": turn.role, "content": content}
        if turn.name is not None:
            message["name"] = turn.name
        self.written.append(message if turn.extra is None else turn.extra | message)

    def _answer(self, turn: Message) -> dict[str, Any]:
        members: dict[str, Any] = {}
        said: list[Part] = []
        for part in turn.parts:
            match part:
                case ToolCall():
                    members.setdefault("tool_calls", []).append(_call(part))
                case Native() if "id" in part.value:  # a tool call of a kind specific to this format
                    members.setdefault("tool_calls", []).append(part.value)
                case Audio(source=Stored() as sound):
                    members["audio"] = {"id": sound.id}
                case Image(source=Inline() | Url() as picture) if self._own:
                    link = {"type": "image_url", "image_url": {"url": address_of(picture)}}
                    members.setdefault("images", []).append(link)
                case Thinking() | RedactedThinking():
                    pass
                case _:
                    said.append(part)
        content = self._kept(said, _is_said)
        thought = plain_thoughts(turn.parts)
        if thought:
            members["reasoning_content"] = thought
        if len(content) == 1 and isinstance(content[0], Refusal):
            return {"role": "assistant", "content": None, "refusal": content[0].text, **members}
        silent = not content and "tool_calls" in members
        return {"role": "assistant", "content": None if silent else write_content(content), **members}

    def _results(self, turn: Message) -> None:
        """Writes a message per result; content other than text follows in a user message.

        `tool` messages hold only text: https://platform.openai.com/docs/api-reference/chat/create
        """
        seen: list[Part] = []
        for result in turn.parts:
            if not isinstance(result, ToolResult):
                self.lost.append(_name(result))
                continue
            texts: list[Part] = [part for part in result.parts if isinstance(part, Text)]
            others = [part for part in result.parts if not isinstance(part, Text)]
            if others:
                texts = texts or [Text("The result is in the user's next message.")]
                seen += [Text(f"The result of the call {result.id}:"), *others]
            message = {"role": "tool", "tool_call_id": result.id, "content": write_content(texts)}
            self.written.append(message if result.extra is None else result.extra | message)
        if seen:
            self.written.append({"role": "user", "content": write_content(self._kept(seen, _is_content))})

    def _kept(self, parts: Iterable[Part], holds: Callable[[Part], bool]) -> list[Part]:
        kept = []
        for part in parts:
            if holds(part) or isinstance(part, Native):
                kept.append(part)
            else:
                self.lost.append(_name(part))
        return kept


def _is_content(part: Part) -> bool:
    match part:
        case Image() | Video():
            return not isinstance(part.source, Stored)
        case Audio():
            return isinstance(part.source, Inline)
    return isinstance(part, Text | File)


def _is_text(part: Part) -> bool:
    return isinstance(part, Text)


def _is_said(part: Part) -> bool:
    return isinstance(part, Text | Refusal)


def _name(part: Part) -> str:
    """The name of a part's feature."""
    kind = str(part.__struct_config__.tag)
    source = getattr(part, "source", None)
    return kind if source is None else f"{kind}.{source.__struct_config__.tag}"


def _call(call: ToolCall) -> dict[str, Any]:
    # Imitators parse the arguments even if they are empty.
    written = {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments or "{}"},
    }
    return written if call.extra is None else call.extra | written
