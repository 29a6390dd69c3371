"""Ends an answer that a guard stopped, with its format's own finish reason."""

import re
from collections.abc import Hashable
from typing import Any

from dialects.loosely import read, write
from dialects.positions import within
from dialects.repeating import PROBABILITIES
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


# What an answer that says nothing still says: words of the format, of which each is one.
KEPT = frozenset(
    ["id", "object", "type", "role", "model", "status", "name", "call_id", "service_tier", "responseId"]
    + ["modelVersion", "created_at", "system_fingerprint", "item_id", "response_id", "event_id", "modality"]
    + ["tool_choice", "truncation", "effort", "trafficType", *_FINISH]
)
_IS_WORD = re.compile(r"[\w.:/+=@-]*", re.ASCII).fullmatch


def _blank(value: Any) -> None:
    """Take texts out, and calls of tools with all that is said of them, numbers too."""
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, list):
            holder[:] = [each for each in holder if not _calls(each)]
        else:
            for key in [key for key, inner in holder.items() if within(key, inner, "words") == "tool_call"]:
                del holder[key]
        for key, inner in list(holder.items()) if isinstance(holder, dict) else enumerate(holder):
            if key in PROBABILITIES:
                holder[key] = None if inner else inner  # an empty list is what some clients expect
            elif isinstance(inner, dict | list):
                waiting.append(inner)
            elif isinstance(inner, str) and not (key in KEPT and _IS_WORD(inner)):
                holder[key] = ""


def _calls(part: object) -> bool:
    """Whether a part of an answer calls a tool, by its kind or by what it holds."""
    if not isinstance(part, dict):
        return False
    return _is_call(part) or any(within(key, inner, "words") == "tool_call" for key, inner in part.items())


def _is_call(part: object) -> bool:
    return within("", part, "words") == "tool_call"


class Silence:
    """A stream that was stopped, from there on: the form of its events, without a text or a call."""

    def __init__(self) -> None:
        self._unheard: set[Hashable] = set()  # parts of the answer that begin too late

    def event(self, said: Json) -> bool:
        """Take the texts out of an event; whether anything is left of it that has to be told.

        Parts that begin now are left out, event by event, and so is what belongs to a call.
        """
        part = _part(said)
        if part is not None:
            if _begins(said):
                self._unheard.add(part)
            if part in self._unheard:
                return False
        if _is_call(said) or _is_call(said.get("item")):
            return False
        told = said.get("delta")
        _blank(said)
        return not (part is not None and _is_hollow(told))


def _is_hollow(told: object) -> bool:
    """Whether nothing is left of what an event said but objects without a member."""
    return isinstance(told, dict) and all(map(_is_hollow, told.values()))


def _part(said: Json) -> Hashable | None:
    """Which part of an answer an event is of, in formats that begin and end each by an event."""
    kind = said.get("type")
    if "output_index" in said:
        return ("", _hashable(said["output_index"]))
    if "contentBlockIndex" in said:
        return ("", _hashable(said["contentBlockIndex"]))
    if not isinstance(kind, str) or "index" not in said:
        return None
    return (kind.replace("_", "-").rpartition("-")[0], _hashable(said["index"]))


def _begins(said: Json) -> bool:
    kind = said.get("type")
    if isinstance(kind, str):
        return kind == "response.output_item.added" or kind.endswith(("_start", "-start"))
    return "start" in said


def _hashable(number: object) -> Hashable:
    return number if isinstance(number, int | str) else None
