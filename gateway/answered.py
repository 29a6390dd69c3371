"""Sends the client answers that no attempt produces, such as refusals."""

from dialects.dialect import Reply, top_level
from gateway.call import Call


def reply_to(call: Call, model: str) -> Reply:
    """What the caller's format needs to know; `model` stands where the answer tells none."""
    return Reply(
        call.id, call.at_ms // 1000, model, call.asked.include_usage, legacy_functions=_is_legacy(call)
    )


def _is_legacy(call: Call) -> bool:
    """Whether it has chat's old `functions`, whose calls are told in an old way."""
    body = call.body
    return b'"functions"' in body and bytes(top_level(body).get("functions", b"null")) != b"null"
