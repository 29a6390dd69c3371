"""Converts the flat items of a Responses request to turns of a conversation."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from dialects.carrying import unpack
from dialects.conversation import (
    Extra,
    File,
    Image,
    Message,
    Native,
    Part,
    RedactedThinking,
    Refusal,
    Role,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from dialects.errors import Malformed
from dialects.openai.responses_parts import (
    NAME,
    carried,
    need,
    read_part,
    rest,
    uncarried,
    write_part,
)

replace = msgspec.structs.replace

_ROLES: dict[str, Role] = {
    "user": "user",
    "assistant": "assistant",
    "system": "system",
    "developer": "developer",
}
_BETWEEN = "\n\n"  # the parts of a summary


def read_input(value: object) -> tuple[Message, ...]:
    """The turns of an input: the model's consecutive items form one turn, and so do tool results."""
    if isinstance(value, str):
        return (Message("user", (Text(value),)),)
    turns: list[Message] = []
    for number, item in enumerate(need(value, list, "input")):
        turn = _read_item(need(item, dict, f"input.{number}"), f"input.{number}")
        if turn.role not in ("assistant", "tool"):
            turns.append(turn)
        elif turns and turns[-1].role == turn.role:
            turns[-1] = replace(turns[-1], parts=turns[-1].parts + turn.parts)
        elif turn.parts:
            turns.append(turn)
    return tuple(turns)


def _read_item(item: Extra, place: str) -> Message:
    kind = item.get("type")
    if kind == "message" or kind is None and "role" in item:
        return _read_message(item, place)
    match need(kind, str, f"{place}.type"):
        case "function_call":
            return Message("assistant", (_read_call(item, place),))
        case "function_call_output":
            return Message("tool", (_read_result(item, place),))
        case "reasoning":
            return Message("assistant", (uncarried(read_reasoning(item)),))
        case "item_reference":
            raise Malformed(
                f"'{place}' names an item that the vendor keeps. The model that answers can only see what "
                f"is in the request: send the item itself, as SDKs that name items do with 'store': false.",
                param=place,
                code="unsupported_parameter",
            )
        case other:
            answers = other.endswith(("_output", "_response"))
            return Message("tool" if answers else "assistant", (Native(NAME, item),))


def _read_message(item: Extra, place: str) -> Message:
    named = need(item.get("role"), str, f"{place}.role")
    role = _ROLES.get(named)
    if role is None:
        raise Malformed(
            f"Invalid request body at '{place}.role': '{named}' is none of {', '.join(_ROLES)}.",
            param=f"{place}.role",
        )
    content = item.get("content")
    extra = rest(item, "type", "role", "content")
    if isinstance(content, str):
        parts: tuple[Part, ...] = (Text(content),)
    else:
        blocks = need(content, list, f"{place}.content")
        parts = tuple(read_part(each, f"{place}.content.{at}") for at, each in enumerate(blocks))
    if role != "assistant":
        return Message(role, parts, extra=extra)
    return Message(role, tuple(_spoken(parts, extra)))


def _spoken(parts: tuple[Part, ...], extra: Extra | None) -> Iterator[Part]:
    """The parts of one message of the model; the first text keeps the message's other members in `extra`."""
    for part in parts:
        if isinstance(part, Native):
            # Within a turn it becomes a message item of its own.
            yield Native(NAME, {"type": "message", "role": "assistant", "content": [part.value]})
        elif isinstance(part, Text) and extra is not None:
            yield replace(part, extra=(part.extra or {}) | {"item": extra})
            extra = None
        else:
            yield part


def _read_call(item: Extra, place: str) -> ToolCall:
    id, signature = unpack(need(item.get("call_id"), str, f"{place}.call_id"))
    return ToolCall(
        id,
        need(item.get("name"), str, f"{place}.name"),
        need(item.get("arguments"), str, f"{place}.arguments"),
        signature,
        extra=rest(item, "type", "call_id", "name", "arguments"),
    )


def _read_result(item: Extra, place: str) -> ToolResult:
    id, _ = unpack(need(item.get("call_id"), str, f"{place}.call_id"))
    output, extra = item.get("output"), rest(item, "type", "call_id", "output")
    if isinstance(output, str):
        return ToolResult(id, (Text(output),) if output else (), extra=extra)
    blocks = need(output, list, f"{place}.output")
    parts = [read_part(each, f"{place}.output.{at}") for at, each in enumerate(blocks)]
    known = tuple(part for part in parts if isinstance(part, Text | Image | File))
    if len(known) < len(parts):
        extra = (extra or {}) | {"output": output}
    return ToolResult(id, known, extra=extra)


def read_reasoning(item: Extra) -> Thinking:
    """A reasoning item; `extra` keeps a summary of several parts as it was."""
    extra = rest(item, "type", "id", "summary", "content", "encrypted_content") or {}
    texts = _texts(item.get("summary"))
    if len(texts) > 1 or texts and item.get("content"):
        extra["summary"] = item["summary"]
    if item.get("content"):
        # Models that show their raw reasoning: https://platform.openai.com/docs/api-reference/responses
        extra["content"] = item["content"]
        texts = texts or _texts(item["content"])
    signature, id = item.get("encrypted_content"), item.get("id")
    return Thinking(
        _BETWEEN.join(texts),
        signature if isinstance(signature, str) else None,
        "openai",
        id if isinstance(id, str) else None,
        extra=extra or None,
    )


def _texts(blocks: object) -> list[str]:
    found = blocks if isinstance(blocks, list) else ()
    texts = (each.get("text") for each in found if isinstance(each, dict))
    return [text for text in texts if isinstance(text, str) and text]


def write_input(messages: Iterable[Message]) -> list[Extra]:
    """The items for these turns."""
    items: list[Extra] = []
    for message in messages:
        if message.role in ("assistant", "tool"):
            items.extend(_write_turn(message.parts))
        else:
            content = [block for part in message.parts if (block := write_part(part)) is not None]
            items.append(
                {"type": "message", "role": message.role, "content": content} | (message.extra or {})
            )
    return items


def _write_turn(parts: tuple[Part, ...]) -> list[Extra]:
    items: list[Extra] = []
    spoken: list[Any] | None = None  # the content of the message being written
    for part in parts:
        if not isinstance(part, Text | Refusal):
            spoken = None
            items.extend(_write_item(part))
            continue
        item = part.extra.get("item") if isinstance(part, Text) and part.extra else None
        if spoken is None or item is not None:
            spoken = []
            items.append({"type": "message", "role": "assistant", "content": spoken} | (item or {}))
        spoken.append(write_part(part, said=True))
    return items


def _write_item(part: Part) -> Iterator[Extra]:
    """An item for the part; none for images and audio by the model, which no item can hold."""
    match part:
        case ToolCall():
            call = {"call_id": part.id, "name": part.name, "arguments": part.arguments}
            yield {"type": "function_call"} | call | (part.extra or {})
        case ToolResult():
            output = write_output(part)
            yield {"type": "function_call_output", "call_id": part.id, "output": output} | (part.extra or {})
        case Thinking() | RedactedThinking():
            yield write_reasoning(part)
        case Native():
            yield part.value


def write_output(result: ToolResult) -> str | list[Extra]:
    """A tool's output; a single plain text is written as a string."""
    match result.parts:
        case ():
            return ""
        case (Text(extra=None) as only,) if only.text:
            return only.text
    return [block for part in result.parts if (block := write_part(part)) is not None]


def write_reasoning(thought: Thinking | RedactedThinking) -> Extra:
    """A reasoning item."""
    text = thought.text if isinstance(thought, Thinking) else ""
    extra = thought.extra or {}
    item: Extra = {"type": "reasoning"}
    if isinstance(thought, Thinking) and thought.id is not None:
        item["id"] = thought.id
    shown = text and "content" not in extra
    item["summary"] = [{"type": "summary_text", "text": text}] if shown else []
    sealed = carried(thought)
    if sealed is not None:
        item["encrypted_content"] = sealed
    return item | extra
