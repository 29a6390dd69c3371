"""What a conversation says, apart from how its format cuts it into turns and parts."""

from collections.abc import Iterator
from typing import Any

import msgspec

from dialects.conversation import (
    Audio,
    Conversation,
    File,
    Image,
    Message,
    Part,
    Refusal,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
    Video,
)

Said = tuple[Any, ...]


def said(conversation: Conversation) -> list[Said]:
    """Each piece of content with who said it, in order; a turn's texts joined, system texts first."""
    pieces = [piece for message in conversation.messages for piece in _pieces(message)]
    first = [piece for piece in pieces if piece[0] == "system"]
    rest = [piece for piece in pieces if piece[0] != "system"]
    return _joined(first) + _joined(rest)


def _pieces(message: Message) -> Iterator[Said]:
    role = {"developer": "system", "tool": "user"}.get(message.role, message.role)
    for part in message.parts:
        yield from _piece(role, part)


def _piece(role: str, part: Part) -> Iterator[Said]:
    match part:
        case Text() | Refusal():
            yield role, "text", part.text
        case ToolCall():
            yield role, "call", part.name, _value(part.arguments)
        case ToolResult():
            yield role, "result", "".join(each.text for each in part.parts if isinstance(each, Text))
        case Image() | Audio() | Video() | File():
            yield role, type(part).__name__, msgspec.structs.replace(part.source, media_type="")
        case Thinking():
            yield role, "thought", part.text, part.signature


def _joined(pieces: list[Said]) -> list[Said]:
    whole: list[Said] = []
    for piece in pieces:
        if whole and piece[:2] == whole[-1][:2] and piece[1] == "text":
            whole[-1] = (*piece[:2], whole[-1][2] + "\n" + piece[2])
        else:
            whole.append(piece)
    # Formats differ in what they put between two texts, and some strip what surrounds one.
    return [(*piece[:2], "".join(piece[2].split())) if piece[1] == "text" else piece for piece in whole]


def _value(arguments: str) -> Any:
    return msgspec.json.decode(arguments or "{}")


def wanted(conversation: Conversation) -> dict[str, Any]:
    """What is asked of the answer."""
    form = conversation.format
    choice = conversation.tool_choice
    return {
        "tools": [(t.name, t.description, t.parameters) for t in conversation.tools if isinstance(t, Tool)],
        "choice": None if choice is None or choice.mode == "auto" else (choice.mode, choice.names),
        "format": None if form is None else (form.kind, form.schema),
        "sampling": {
            name: value
            for name in ("temperature", "top_p", "top_k", "stop", "seed", "frequency_penalty")
            if (value := getattr(conversation.sampling, name))
        },
        "limit": conversation.sampling.max_output,
    }
