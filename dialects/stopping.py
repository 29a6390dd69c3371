"""Ends an answer that a guard stopped, with its format's own finish reason."""

import re
from collections.abc import Hashable
from typing import Any

from dialects.loosely import read, write
from dialects.positions import within
from dialects.repeating import PROBABILITIES
from dialects.spots import Json, Spots

# The formats' members for the finish reason; each is null or absent until then.
_FINISH = ("finish_reason", "stop_reason", "finishReason", "stopReason", "done_reason")


def end_with(said: Json, word: str) -> bool:
    """Sets the finish reason of an event or answer to `word`; returns whether it had one."""
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
    """The lines before an event's data, with its name updated if that has changed."""
    if said.get("type") == "response.incomplete":
        return head.replace(b"event: response.completed", b"event: response.incomplete")
    return head


def ended_early(body: bytes, spots: Spots) -> bytes:
    """A whole answer without text, with a refusal's finish reason. Raises Malformed if it is not JSON."""
    said = read(body)
    _blank(said)
    end_with(said, spots.refusal)
    return write(said)


# Members whose values an emptied answer keeps if they are single words: they belong to the format.
KEPT = frozenset(
    ["id", "object", "type", "role", "model", "status", "name", "call_id", "service_tier", "responseId"]
    + ["modelVersion", "created_at", "system_fingerprint", "item_id", "response_id", "event_id", "modality"]
    + ["tool_choice", "truncation", "effort", "trafficType", *_FINISH]
)
_IS_WORD = re.compile(r"[\w.:/+=@-]*", re.ASCII).fullmatch


def _blank(value: Any) -> None:
    """Removes all text, and tool calls with everything in them, numbers included."""
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
                holder[key] = None if inner else inner  # some clients expect an empty list
            elif isinstance(inner, dict | list):
                waiting.append(inner)
            elif isinstance(inner, str) and not (key in KEPT and _IS_WORD(inner)):
                holder[key] = ""


def _calls(part: object) -> bool:
    """Whether a part of an answer is or contains a tool call."""
    if not isinstance(part, dict):
        return False
    return _is_call(part) or any(within(key, inner, "words") == "tool_call" for key, inner in part.items())


def _is_call(part: object) -> bool:
    return within("", part, "words") == "tool_call"


class Silence:
    """The rest of a stopped stream: its events, without text and tool calls."""

    def __init__(self) -> None:
        self._unheard: set[Hashable] = set()  # parts of the answer that began after the stop

    def event(self, said: Json) -> bool:
        """Removes an event's text; returns whether what remains of the event must be sent.

        Parts that begin after the stop are left out entirely, and so are tool calls.
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
    """Whether nothing but empty objects is left."""
    return isinstance(told, dict) and all(map(_is_hollow, told.values()))


def _part(said: Json) -> Hashable | None:
    """The part of the answer that an event belongs to, in formats with events that begin and end parts."""
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
