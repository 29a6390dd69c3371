"""Corrects what OpenAI's SDKs would reject in imitators' chat answers, and leaves the rest unchanged."""

import json
from typing import Any

from dialects.arguments import to_text
from dialects.openai.chat_parts import thought_of

Json = dict[str, Any]


class Numbers:
    """Numbers the tool calls of one choice for the caller, since some vendors do not."""

    __slots__ = ("_ids", "_last", "_of")

    def __init__(self) -> None:
        self._of: dict[object, int] = {}
        self._ids: list[str] = []  # by number; "" if the vendor gave none
        self._last: object = None

    def of(self, index: int | None, id: str | None, *, named: bool) -> int:
        """The number of the call that a fragment belongs to; a name or another id begins a new call."""
        key: object = index
        if key is None:
            key = id or (object() if named else self._last)
        number = self._of.get(key)
        # Gemini numbers every call 0: https://ai.google.dev/gemini-api/docs/openai
        if number is None or (id and self._ids[number] and id != self._ids[number]):
            number = self._of[key] = len(self._ids)
            self._ids.append(id or "")
        self._last = key
        return number


class Mending:
    """Corrects the events of one stream."""

    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        self._numbers: dict[int, Numbers] = {}  # by choice

    def event(self, data: bytes) -> bytes | None:
        """An event's data, corrected; None if there is nothing that can be corrected."""
        found, changed = _read(data), False
        for choice in _objects(found.get("choices")):
            said = choice.get("delta")
            if isinstance(said, dict):
                changed |= _mend(said)
                numbers = self._of(_number(choice.get("index")) or 0)
                for call in _objects(said.get("tool_calls")):
                    changed |= _numbered(call, numbers)
        return _written(found) if changed else None

    def _of(self, choice: int) -> Numbers:
        numbers = self._numbers.get(choice)
        if numbers is None:
            numbers = self._numbers[choice] = Numbers()
        return numbers


def mended(body: bytes) -> bytes | None:
    """A whole answer, corrected; None if there is nothing that can be corrected."""
    found = _read(body)
    changed = False
    for choice in _objects(found.get("choices")):
        said = choice.get("message")
        if isinstance(said, dict):
            changed |= _mend(said)
            for number, call in enumerate(_objects(said.get("tool_calls"))):
                if not call.get("id"):
                    call["id"], changed = f"call_{number}", True
    return _written(found) if changed else None


def _written(found: Json) -> bytes:
    return json.dumps(found, separators=(",", ":")).encode()


def _mend(said: Json) -> bool:
    """Turns a message's or delta's content and call arguments into strings, in place; whether it did."""
    changed = _flat(said)
    calls = said.get("tool_calls")
    if isinstance(calls, dict):
        said["tool_calls"], changed = [calls], True
    for call in _objects(said.get("tool_calls")):
        function = call.get("function")
        if isinstance(function, dict) and isinstance(function.get("arguments"), dict | list):
            function["arguments"], changed = to_text(function["arguments"]), True
    return changed


def _flat(said: Json) -> bool:
    """Flattens content lists of thinking and text, which Mistral's reasoning models and some others send.

    A list with anything else stays, as there is no other form for it.
    https://docs.mistral.ai/capabilities/reasoning
    """
    content = said.get("content")
    if not isinstance(content, list):
        return False
    texts, thoughts = [], []
    for part in content:
        text = part if isinstance(part, str) else part.get("text") if isinstance(part, dict) else None
        thought = thought_of(part) if isinstance(part, dict) else None
        if thought:
            thoughts.append(thought)
        elif isinstance(text, str):
            texts.append(text)
        else:
            return False
    said["content"] = "".join(texts) if texts or not thoughts else None
    if thoughts:
        said.setdefault("reasoning_content", "".join(thoughts))
    return True


def _numbered(call: Json, numbers: Numbers) -> bool:
    index, id, function = _number(call.get("index")), call.get("id"), call.get("function")
    named = isinstance(function, dict) and bool(function.get("name"))
    number = numbers.of(index, id if isinstance(id, str) else None, named=named)
    if call.get("index") == number and type(call["index"]) is int:
        return False
    call["index"] = number
    return True


def _number(found: Any) -> int | None:
    if isinstance(found, str) and found.isdecimal():
        found = int(found)
    return found if type(found) is int else None


def _objects(found: Any) -> list[Json]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _read(data: bytes) -> Json:
    try:
        found = json.loads(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
