"""Function calls whose arguments arrive in pieces: Vertex AI's `streamFunctionCallArguments`.

https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling: the first part names the
function, later ones have `partialArgs`, each with the path of its value, and the last lacks `willContinue`.
"""

import re
from itertools import pairwise
from typing import Any

from dialects.gemini.members import cameled, objects_in, text_in, wrong

_STEP = re.compile(
    r"""\.([^.\[\]]+)|\[([0-9]{1,6})\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]""", re.DOTALL
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_DEEPEST = 64
_GAP = 64  # entries that a list may lack before a new one: they come in order
_VALUES = ("stringValue", "numberValue", "boolValue")

_Step = str | int


def is_piece(call: dict[str, Any]) -> bool:
    """Whether a functionCall is only a piece of its call."""
    return not call.get("name") or goes_on(call) or bool(call.get("partialArgs"))


def goes_on(call: dict[str, Any]) -> bool:
    """Whether more of the call is to come."""
    return call.get("willContinue") is True


class PartialCall:
    """The arguments of one call received so far; `part` is the call's part number in the answer."""

    __slots__ = ("args", "part")

    def __init__(self, part: int, args: object) -> None:
        self.part = part
        self.args: dict[str, Any] = dict(args) if isinstance(args, dict) else {}

    def add(self, call: dict[str, Any], place: str) -> None:
        """Put one part's values at their paths; strings are appended. Raises Malformed on an invalid path."""
        for number, piece in enumerate(objects_in(call.get("partialArgs"), f"{place}.partialArgs")):
            at = f"{place}.partialArgs.{number}"
            steps = _steps(text_in(piece, "jsonPath", at) or "", f"{at}.jsonPath")
            name = next((name for name in _VALUES if piece.get(name) is not None), None)
            if name is not None or "nullValue" in piece:
                self._put(steps, piece[name] if name else None, f"{at}.jsonPath")

    def _put(self, steps: list[_Step], value: Any, place: str) -> None:
        holder: Any = self.args
        for step, following in pairwise(steps):
            inner = _at(holder, step, place)
            if not isinstance(inner, dict | list):
                inner = [] if isinstance(following, int) else {}
                holder[step] = inner
            holder = inner
        last = _at(holder, steps[-1], place)
        holder[steps[-1]] = last + value if isinstance(last, str) and isinstance(value, str) else value


def _at(holder: Any, step: _Step, place: str) -> Any:
    """The current value at a step; a list grows to include it. Raises Malformed if the step does not fit."""
    if isinstance(holder, dict) and isinstance(step, str):
        return holder.get(step)
    if isinstance(holder, list) and isinstance(step, int) and step <= len(holder) + _GAP:
        holder.extend([None] * (step + 1 - len(holder)))
        return holder[step]
    raise wrong(place, "the place of an argument", step)


def _steps(path: str, place: str) -> list[_Step]:
    """The steps of a path such as `$.foo.bar[0]['a b']`. Raises Malformed."""
    steps: list[_Step] = []
    at = 1
    while at < len(path) and len(steps) < _DEEPEST and (found := _STEP.match(path, at)):
        at = found.end()
        name, index, *quoted = found.groups()
        if index is not None:
            steps.append(int(index))
        else:
            steps.append(name or _ESCAPED.sub(r"\1", quoted[0] or quoted[1] or ""))
    if path[:1] != "$" or at != len(path) or not steps:
        raise wrong(place, "the place of an argument", path)
    return steps


def call_in(part: dict[str, Any]) -> dict[str, Any] | None:
    """A part's functionCall, if it has one that is an object."""
    call = part.get("functionCall")
    return cameled(call) if isinstance(call, dict) else None
