"""Converts Gemini's answers from a stream to a whole answer, and back: each event is an answer itself."""

import json
from collections.abc import Sequence
from typing import Any

from dialects import sse
from dialects.conversation import Extra
from dialects.dialect import Reply
from dialects.errors import Malformed
from dialects.json_objects import encode
from dialects.merging import add, objects
from dialects.usage import Usage

_PLAIN = frozenset(["text", "thought"])


class GeminiForms:
    """Converts between both forms; `array`: the stream is one JSON array."""

    def __init__(self, *, array: bool) -> None:
        self._array = array

    def whole_of(self, events: Sequence[bytes], usage: Usage | None) -> Extra:
        whole: Extra = {}
        candidates: dict[int, Extra] = {}
        for chunk in map(json.loads, self._bare(events)) if self._array else objects(events):
            for candidate in chunk.pop("candidates", None) or ():
                index = candidate.setdefault("index", 0)
                _grow(candidates.setdefault(index, {"content": {"role": "model", "parts": []}}), candidate)
            whole |= chunk
        return {"candidates": [candidates[index] for index in sorted(candidates)]} | whole

    def _bare(self, events: Sequence[bytes]) -> list[bytes]:
        bare = (event.strip(b"[], \r\n\t") for event in events)
        return [data for data in bare if data]

    def stream_of(self, whole: Extra, reply: Reply) -> bytes:
        return b"[%b]" % encode(whole) if self._array else sse.event(encode(whole))


def _grow(whole: Extra, piece: Extra) -> None:
    content = piece.pop("content", None) or {}
    parts = whole["content"]["parts"]
    for part in content.pop("parts", None) or ():
        _join(parts, part)
    whole["content"] |= content
    tokens: Any = piece.pop("logprobsResult", None)
    if tokens:
        add(whole.setdefault("logprobsResult", {}), tokens, ())
    whole |= {name: value for name, value in piece.items() if value is not None}


def _join(parts: list[Extra], part: Extra) -> None:
    """Append a part; adjacent plain texts are joined, signed ones are not. Raises Malformed."""
    call = part.get("functionCall") or {}
    if "partialArgs" in call or "willContinue" in call:
        raise Malformed("a call that comes in pieces")
    before = parts[-1] if parts else {}
    plain = part.keys() <= _PLAIN
    if plain and before and before.keys() <= _PLAIN and before.get("thought") == part.get("thought"):
        before["text"] += part["text"]
    elif not plain or part["text"]:
        parts.append(part)
