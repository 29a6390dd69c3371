"""How an answer ends that was stopped: in its format's own word, and without a text where it comes whole."""

from typing import Any

from dialects.loosely import read, write
from dialects.spots import Json, Spots

# Where formats say how an answer ended; each is null or absent until then.
_FINISH = ("finish_reason", "stop_reason", "finishReason", "stopReason", "done_reason")


def end_with(said: Json, word: str) -> bool:
    """Put the word for a refusal where an event or an answer says how it ended; whether it does."""
    changed = False
    if said.get("type") == "response.completed" or said.get("object") == "response":
        response = said.get("response", said)
        if isinstance(response, dict) and response.get("status") == "completed":
            response["status"] = "incomplete"
            response["incomplete_details"] = {"reason": word}
            changed = True
        if "response" in said:
            said["type"] = "response.incomplete"
    holders: list[Any] = [said, said.get("delta"), *_listed(said, "choices"), *_listed(said, "candidates")]
    for holder in holders:
        for name in _FINISH:
            if isinstance(holder, dict) and isinstance(holder.get(name), str):
                holder[name] = word
                changed = True
    return changed


def _listed(said: Json, name: str) -> list[Any]:
    found = said.get(name)
    return found if isinstance(found, list) else []


def renamed(head: bytes, said: Json) -> bytes:
    """The lines before an event, where its name is there and has changed."""
    if said.get("type") == "response.incomplete":
        return head.replace(b"event: response.completed", b"event: response.incomplete")
    return head


def ended_early(body: bytes, spots: Spots) -> bytes:
    """A whole answer without a text, and with the word for a refusal. Raises Malformed on what is no JSON."""
    said = read(body)
    _blank(said)
    end_with(said, spots.refusal)
    return write(said)


# What an answer that says nothing still says.
_KEPT = frozenset(
    ["id", "object", "type", "role", "model", "status", "name", "call_id", "service_tier", "responseId"]
    + ["modelVersion", "created_at", "system_fingerprint", *_FINISH]
)


def _blank(value: Any) -> None:
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        for key, inner in list(holder.items()) if isinstance(holder, dict) else enumerate(holder):
            if isinstance(inner, dict | list):
                waiting.append(inner)
            elif isinstance(inner, str) and key not in _KEPT:
                holder[key] = "{}" if key == "arguments" else ""
