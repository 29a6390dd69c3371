"""Builds the Reply with which a caller's format writes an answer of our own making."""

from dialects.dialect import Reply, top_level
from gateway.call import Call


def reply_to(call: Call, model: str) -> Reply:
    """What the caller's format needs to write an answer; `model` is used if the answer names none."""
    return Reply(
        call.id, call.at_ms // 1000, model, call.asked.include_usage, legacy_functions=_is_legacy(call)
    )


def _is_legacy(call: Call) -> bool:
    """Whether it uses chat's deprecated `functions`, for which calls are written in the old form."""
    body = call.body
    return b'"functions"' in body and bytes(top_level(body).get("functions", b"null")) != b"null"
