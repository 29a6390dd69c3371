"""One call's request and answer as a readable document, independent of their format."""

from collections.abc import Iterable
from typing import Any

import msgspec

from dialects.answer import (
    Delta,
    Finished,
    PartDelta,
    RefusalDelta,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.deltas import scatter
from dialects.dialect import Dialect
from dialects.errors import Malformed
from dialects.streamed import heard
from gateway.contents.copying import Copy
from gateway.formats import dialect_of

_KINDS = {TextDelta: "text", ThinkingDelta: "thinking", RefusalDelta: "refusal"}


def document(copied: Copy) -> bytes:
    """JSON: `request` as received, each choice of the answer in parts; `complete` says if all was sent."""
    call = copied.call
    said: dict[str, Any] = {
        "endpoint": call.endpoint,
        "model": call.asked.model,
        "complete": copied.complete and not copied.cut,
        "request": msgspec.Raw(call.body) if _is_json(call.body) else call.body.decode(errors="replace"),
        "answer": None,
    }
    if copied.begun:
        said["answer"] = _answer(b"".join(copied.pieces), call.asked.stream, dialect_of(call.operation))
    return msgspec.json.encode(said)


def _answer(body: bytes, stream: bool, dialect: Dialect | None) -> Any:
    if dialect is None:  # vectors are not readable
        return None
    try:
        deltas = heard(body, dialect) if stream else list(scatter(dialect.read_answer(body)))
    except Malformed:
        return {"unreadable": body.decode(errors="replace")}
    return folded(deltas)


def folded(deltas: Iterable[Delta]) -> list[dict[str, Any]]:
    """The choices that the deltas add up to, even if they break off."""
    choices: dict[int, dict[str, Any]] = {}
    parts: dict[tuple[int, int], dict[str, Any]] = {}

    def part_of(choice: int, number: int, kind: str) -> dict[str, Any]:
        place = (choice, number)
        if place not in parts:
            parts[place] = {"type": kind}
            choices.setdefault(choice, {"index": choice, "parts": []})["parts"].append(parts[place])
        return parts[place]

    for delta in deltas:
        match delta:
            case TextDelta() | ThinkingDelta() | RefusalDelta():
                part = part_of(delta.choice, delta.part, _KINDS[type(delta)])
                part["text"] = part.get("text", "") + delta.text
            case ToolStarted():
                part_of(delta.choice, delta.part, "tool_call").update(
                    id=delta.id, name=delta.name, arguments=""
                )
            case ToolDelta():
                part = part_of(delta.choice, delta.part, "tool_call")
                part["arguments"] = part.get("arguments", "") + delta.arguments
            case PartDelta():
                part_of(delta.choice, delta.part, type(delta.value).__name__.lower())
            case Finished():
                finish = choices.setdefault(delta.choice, {"index": delta.choice, "parts": []})
                finish["finish"] = delta.finish.reason
            case _:
                continue
    return [choices[number] for number in sorted(choices)]


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except msgspec.MsgspecError:
        return False
    return True
