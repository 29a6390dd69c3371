"""Whole answers of Bedrock's Converse: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html."""

from typing import Any

import msgspec

from dialects.answer import Answer, Choice, Finish, Reason, shown_tier
from dialects.bedrock.members import an_object, rest_of
from dialects.bedrock.reading import NAME, read_blocks
from dialects.bedrock.usage import read_usage, write_usage
from dialects.bedrock.writing import BlockWriter
from dialects.conversation import Extra, Part, Refusal, Text, Thinking, ToolCall
from dialects.errors import Malformed
from dialects.openai.common import read_loosely
from dialects.usage import Usage

_REASONS: dict[str, Reason] = {
    "end_turn": "stop",
    "stop_sequence": "stop_sequence",
    "max_tokens": "length",
    "model_context_window_exceeded": "context_window",
    "tool_use": "tool_calls",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
    "malformed_model_output": "error",
    "malformed_tool_use": "error",
    # Not documented here, but used by Claude elsewhere.
    "refusal": "refusal",
    "pause_turn": "pause",
}
_WORDS: dict[Reason, str] = {
    "stop": "end_turn",
    "stop_sequence": "stop_sequence",
    "length": "max_tokens",
    "context_window": "model_context_window_exceeded",
    "tool_calls": "tool_use",
    "content_filter": "content_filtered",
    "refusal": "content_filtered",
    "pause": "end_turn",
    "error": "malformed_model_output",
}
MORE = "additionalModelResponseFields"
# The vendor's latency is unknown, and the SDKs' types require a number.
METRICS: Extra = {"latencyMs": 0}
_ENCODE = msgspec.json.Encoder().encode


def read_finish(reason: Any, more: Any) -> Finish:
    """How an answer ended. `more` are the model's own response fields, which a caller may request."""
    met = more.get("stop_sequence") if isinstance(more, dict) else None
    if not isinstance(reason, str) or reason not in _REASONS:
        return Finish("stop", sure=False)
    found = _REASONS[reason]
    return Finish(found, met if found == "stop_sequence" and isinstance(met, str) else None)


def write_finish(finish: Finish) -> str:
    return _WORDS[finish.reason]


def tier_of(told: Any) -> str | None:
    """The service tier of an answer; None if it is not reported."""
    tier = told.get("type") if isinstance(told, dict) else None
    return tier if isinstance(tier, str) else None


def read_answer(body: bytes) -> Answer:
    """The answer in the typed form. Raises Malformed on anything else."""
    found = read_loosely(body)
    if not isinstance(found, dict):
        raise Malformed("the answer is not a JSON object")
    message = an_object(an_object(found.get("output"), "output").get("message"), "output.message")
    try:
        parts = read_blocks(sound(message.get("content") or []), "output.message.content")
    except RecursionError:
        raise Malformed("the answer is nested too deeply") from None
    finish = read_finish(found.get("stopReason"), found.get(MORE))
    extra = rest_of(found, "output", "stopReason", "usage", "serviceTier")
    return Answer(
        NAME,
        (Choice(parts, finish, extra=rest_of(message, "role", "content") or None),),
        usage=read_usage(found.get("usage")),
        service_tier=tier_of(found.get("serviceTier")),
        extra=extra or None,
    )


def sound(value: Any) -> Any:
    """The same JSON with strings that can be encoded: a model may stop inside a surrogate pair."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [sound(each) for each in value]
    if isinstance(value, dict):
        return {sound(name): sound(each) for name, each in value.items()}
    return value


def write_answer(answer: Answer) -> bytes:
    """The body for a client; only the first choice is written."""
    own = answer.dialect == NAME
    choice = answer.choices[0] if answer.choices else Choice((), Finish("stop"))
    message = {"role": "assistant", "content": BlockWriter(own=own, cites=True).blocks(choice.parts)}
    body: dict[str, Any] = {
        "output": {"message": message},
        "stopReason": write_finish(choice.finish),
        "usage": write_usage(answer.usage or Usage()),
        "metrics": METRICS,
    }
    if choice.finish.sequence is not None:
        body[MORE] = {"stop_sequence": choice.finish.sequence}
    if answer.service_tier is not None:
        body["serviceTier"] = {"type": shown_tier(answer.service_tier)}
    return _ENCODE(body | (answer.extra or {} if own else {}))


def text_length(parts: tuple[Part, ...]) -> int:
    """Characters that the model wrote."""
    length = 0
    for part in parts:
        if isinstance(part, Text | Thinking | Refusal):
            length += len(part.text)
        elif isinstance(part, ToolCall):
            length += len(part.arguments)
    return length
