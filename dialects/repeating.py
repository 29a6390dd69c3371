"""Members that repeat text found elsewhere in the same answer."""

from typing import Any

from dialects.positions import within
from dialects.spots import Json

PROBABILITIES = frozenset(["logprobs", "logprobsResult"])


def leave_out_probabilities(said: Json) -> bool:
    """Empties all log probabilities; returns whether there were any. Tool arguments have none."""
    changed = False
    waiting: list[Any] = [said]
    while waiting:
        holder = waiting.pop()
        for key, value in list(holder.items()) if isinstance(holder, dict) else enumerate(holder):
            if key in PROBABILITIES:
                blank: list[Any] | None = [] if isinstance(value, list) else None
                changed |= value != blank
                holder[key] = blank
            elif isinstance(value, dict | list) and within(str(key), value, "words") != "tool_call":
                waiting.append(value)
    return changed


def leave_out_repeated(said: Json) -> bool:
    """Removes what repeats a chat chunk's delta, or all deltas so far; returns whether there was any.

    Some vendors send each piece as `text`, too, and others the whole message so far in each chunk.
    """
    choices, changed = said.get("choices"), False
    for choice in choices if isinstance(choices, list) else ():
        delta = choice.get("delta") if isinstance(choice, dict) else None
        if not isinstance(delta, dict):
            continue
        if "text" in choice and isinstance(delta.get("content"), str):
            del choice["text"]
            changed = True
        if "message" in choice:
            del choice["message"]
            changed = True
    return changed
