"""Characters split between two events, with half of a surrogate pair ("half" for short) in each."""

from collections.abc import Sequence

import msgspec

from dialects.answer import (
    CitationDelta,
    Delta,
    Finished,
    PartDelta,
    RefusalDelta,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.dialect import EventReader

replace = msgspec.structs.replace

_Spoken = TextDelta | ThinkingDelta | RefusalDelta | ToolDelta
_OfChoice = _Spoken | CitationDelta | ToolStarted | PartDelta | Finished
_FIRST = range(0xD800, 0xDC00)
_LOST = "\ufffd"


def has_halves(data: bytes) -> bool:
    """Whether the JSON may contain halves: they can only be written as these escapes."""
    return b"\\ud" in data or b"\\uD" in data


def joined(text: str) -> str:
    """The text with the halves of each pair joined, and lone halves replaced by U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class Joined:
    """An EventReader that joins surrogate pairs split between events, and replaces lone halves.

    A first half waits for the next delta of its choice; in tool arguments, which may interleave, for the next
    delta of its own call.
    """

    __slots__ = ("_inner", "_waiting")

    def __init__(self, inner: EventReader) -> None:
        self._inner = inner
        self._waiting: list[_Spoken] = []

    @property
    def done(self) -> bool:
        return self._inner.done

    def read(self, event: bytes) -> Sequence[Delta]:
        return self._mended(self._inner.read(event))

    def end(self) -> Sequence[Delta]:
        owed = self._mended(self._inner.end())
        alone, self._waiting = self._waiting, []
        return [*owed, *(_said(half, _LOST) for half in alone)]

    def _mended(self, deltas: Sequence[Delta]) -> Sequence[Delta]:
        out: list[Delta] = []
        for delta in deltas:
            half = self._half_for(delta, out) if self._waiting else None
            if isinstance(delta, _Spoken):
                self._hear(delta, "" if half is None else _text(half), out)
            else:
                out.append(delta)
        return out

    def _half_for(self, delta: Delta, out: list[Delta]) -> _Spoken | None:
        """The half that a delta may complete; halves that can no longer be completed go to `out`."""
        if not isinstance(delta, _OfChoice):
            return None
        found: _Spoken | None = None
        waiting, self._waiting = self._waiting, []
        for half in waiting:
            if type(delta) is type(half) and delta.part == half.part and delta.choice == half.choice:
                found = half
            elif delta.choice != half.choice or (
                isinstance(half, ToolDelta) and isinstance(delta, ToolDelta | ToolStarted)
            ):
                self._waiting.append(half)
            else:
                out.append(_said(half, _LOST))
        return found

    def _hear(self, delta: _Spoken, before: str, out: list[Delta]) -> None:
        text = _text(delta)
        if not before and text.isascii():
            out.append(delta)
            return
        text = before + text
        if text and ord(text[-1]) in _FIRST:
            bare = replace(delta, logprobs=()) if isinstance(delta, TextDelta) else delta
            self._waiting.append(_said(bare, text[-1]))
            text = text[:-1]
            if not text:
                return
        out.append(_said(delta, joined(text)))


def _text(delta: _Spoken) -> str:
    return delta.arguments if isinstance(delta, ToolDelta) else delta.text


def _said(delta: _Spoken, text: str) -> _Spoken:
    return replace(delta, arguments=text) if isinstance(delta, ToolDelta) else replace(delta, text=text)
