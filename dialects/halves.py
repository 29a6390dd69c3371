"""Characters cut between two events: half of a surrogate pair in each, which no text can hold."""

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
_OF_CHOICES = (
    TextDelta,
    ThinkingDelta,
    RefusalDelta,
    ToolDelta,
    CitationDelta,
    ToolStarted,
    PartDelta,
    Finished,
)
_FIRST = range(0xD800, 0xDC00)
_LOST = "\ufffd"


def has_halves(data: bytes) -> bool:
    """Whether there may be some in it: only where surrogates are written so can they come."""
    return b"\\ud" in data or b"\\uD" in data


def joined(text: str) -> str:
    """The text with the halves of each pair joined, and others replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class Joined:
    """An EventReader over one whose texts have no halves: those of one pair are joined, others replaced.

    The first half waits for the next delta of its choice.
    """

    __slots__ = ("_inner", "_waiting")

    def __init__(self, inner: EventReader) -> None:
        self._inner = inner
        self._waiting: dict[int, _Spoken] = {}  # by choice

    @property
    def done(self) -> bool:
        return self._inner.done

    def read(self, event: bytes) -> Sequence[Delta]:
        return self._mended(self._inner.read(event))

    def end(self) -> Sequence[Delta]:
        owed = self._mended(self._inner.end())
        alone, self._waiting = self._waiting, {}
        return [*owed, *(_said(half, _LOST) for half in alone.values())]

    def _mended(self, deltas: Sequence[Delta]) -> Sequence[Delta]:
        out: list[Delta] = []
        for delta in deltas:
            half = self._waiting.pop(delta.choice, None) if isinstance(delta, _OF_CHOICES) else None
            if half is not None and not (type(delta) is type(half) and delta.part == half.part):
                out.append(_said(half, _LOST))
                half = None
            if isinstance(delta, _Spoken):
                self._hear(delta, "" if half is None else _text(half), out)
            else:
                out.append(delta)
        return out

    def _hear(self, delta: _Spoken, before: str, out: list[Delta]) -> None:
        text = _text(delta)
        if not before and text.isascii():
            out.append(delta)
            return
        text = before + text
        if text and ord(text[-1]) in _FIRST:
            bare = replace(delta, logprobs=()) if isinstance(delta, TextDelta) else delta
            self._waiting[delta.choice] = _said(bare, text[-1])
            text = text[:-1]
            if not text:
                return
        out.append(_said(delta, joined(text)))


def _text(delta: _Spoken) -> str:
    return delta.arguments if isinstance(delta, ToolDelta) else delta.text


def _said(delta: _Spoken, text: str) -> _Spoken:
    return replace(delta, arguments=text) if isinstance(delta, ToolDelta) else replace(delta, text=text)
