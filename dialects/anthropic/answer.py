"""Reads and writes whole (non-streamed) answers of Anthropic's Messages."""

from collections.abc import Mapping
from typing import Any

import msgspec

from dialects.answer import Answer, Choice, Finish, Reason
from dialects.anthropic.blocks import NAME, read_parts
from dialects.anthropic.parts import shown, write_part
from dialects.anthropic.usage import other_usage, read_searches, read_usage, tier_of, write_usage
from dialects.arguments import to_text
from dialects.conversation import (
    Citation,
    Extra,
    Native,
    Part,
    RedactedThinking,
    Refusal,
    Text,
    Thinking,
    ToolCall,
)
from dialects.dialect import Reply, WholeAnswer
from dialects.errors import Malformed, VendorError
from dialects.json_objects import encode, object_of
from dialects.openai.common import read_loosely, read_vendor_error

replace = msgspec.structs.replace

_REASONS: Mapping[str, Reason] = {
    "end_turn": "stop",
    "stop_sequence": "stop_sequence",
    "max_tokens": "length",
    "model_context_window_exceeded": "context_window",
    "tool_use": "tool_calls",
    "refusal": "refusal",
    "pause_turn": "pause",
}
_NAMES: Mapping[Reason, str] = {
    **{reason: name for name, reason in _REASONS.items()},
    "content_filter": "refusal",
    "error": "end_turn",
}
_KNOWN = frozenset(
    ["id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage", "error"]
)
_SHOWN = (Text, Refusal, Thinking, RedactedThinking, ToolCall, Native)
_DECODE = msgspec.json.Decoder().decode


def read_finish(reason: Any, sequence: Any) -> Finish:
    """How an answer ended; an unknown reason counts as "stop", with `sure=False`."""
    met = sequence if isinstance(sequence, str) else None
    if not isinstance(reason, str) or reason not in _REASONS:
        return Finish("stop", met, sure=False)
    return Finish(_REASONS[reason], met)


def write_finish(finish: Finish) -> Extra:
    return {"stop_reason": _NAMES[finish.reason], "stop_sequence": finish.sequence}


def _decode(body: bytes) -> dict[str, Any]:
    try:
        found = _DECODE(body)
    except (ValueError, RecursionError):
        found = read_loosely(body)
    if not isinstance(found, dict):
        raise Malformed("the answer is not a JSON object")
    return found


def peek_whole(body: bytes) -> WholeAnswer:
    """What the request path must know of an answer that passes unchanged. Raises Malformed."""
    found = _decode(body)
    if found.get("error"):
        return WholeAnswer(None, read_vendor_error(found), 0)
    content = _content(found)
    usage = read_usage(found.get("usage"))
    length = 0 if usage is not None else sum(map(_length, content))
    tier = None if usage is None else tier_of(found["usage"])
    return WholeAnswer(usage, None, length, tier, read_searches(found.get("usage")))


def _content(found: dict[str, Any]) -> list[Any]:
    content = found.get("content")
    if isinstance(content, str):  # as in requests, and in answers of compatible servers
        return [{"type": "text", "text": content}]
    if not isinstance(content, list):
        raise Malformed("the answer has no content")
    return content


def _mended(block: Any) -> Any:
    """A tool call's block with its arguments as an object: some compatible servers send text, or nothing."""
    if not isinstance(block, dict) or block.get("type") != "tool_use" or isinstance(block.get("input"), dict):
        return block
    return block | {"input": object_of(to_text(block.get("input")))}


def _length(block: Any) -> int:
    if not isinstance(block, dict):
        return 0
    said = block.get("text") or block.get("thinking") or block.get("input")
    if isinstance(said, str):
        return len(said)
    return len(encode(said)) if said else 0


def read_whole(body: bytes) -> Answer:
    """The answer in the typed form. Raises Malformed, also for an error sent in its place."""
    heard = hear_whole(body)
    if isinstance(heard, VendorError):
        raise Malformed(heard.message)
    return heard


def hear_whole(body: bytes) -> Answer | VendorError:
    """The answer in the typed form, or the error that was sent in its place. Raises Malformed."""
    found = _decode(body)
    if found.get("error"):
        return read_vendor_error(found)
    content = list(map(_mended, _content(found)))
    extra: Extra = {}
    if not _KNOWN.issuperset(found):
        extra = {name: value for name, value in found.items() if name not in _KNOWN}
    usage = other_usage(found.get("usage"))
    if usage:
        extra["usage"] = usage
    return Answer(
        NAME,
        (
            Choice(
                read_parts(content, "content"),
                read_finish(found.get("stop_reason"), found.get("stop_sequence")),
            ),
        ),
        id=_text(found.get("id")),
        model=_text(found.get("model")),
        usage=read_usage(found.get("usage")),
        service_tier=tier_of(found.get("usage")),
        extra=extra or None,
        searches=read_searches(found.get("usage")),
    )


def _text(found: Any) -> str:
    return found if isinstance(found, str) else ""


def envelope(id: str, model: str, reply: Reply) -> Extra:
    """The members that begin every message; what the vendor omitted comes from `reply`."""
    return {
        "id": id or f"msg_{reply.id}",
        "type": "message",
        "role": "assistant",
        "model": model or reply.model,
    }


def write_whole(answer: Answer, reply: Reply) -> bytes:
    """The body for a client: only the first choice, since the format has no others."""
    choice = answer.choices[0] if answer.choices else Choice((), Finish("stop"))
    blocks = map(write_block, choice.parts)
    message = envelope(answer.id, answer.model, reply)
    message["content"] = [block for block in blocks if block is not None]
    message |= write_finish(choice.finish)
    message["usage"] = write_usage(answer.usage)
    if answer.dialect == NAME and answer.extra:
        extra = dict(answer.extra)
        message["usage"] |= extra.pop("usage", {})
        message |= extra
    return encode(message)


def write_block(part: Part) -> Extra | None:
    """A part as a block of an answer; None if answers have no such block."""
    if not isinstance(part, _SHOWN):
        return None
    if isinstance(part, Text) and part.citations:
        natives = (shown(each) for each in part.citations)
        cited = tuple(Citation(native=native) for native in natives if native is not None)
        part = replace(part, citations=cited)
    return write_part(part)
