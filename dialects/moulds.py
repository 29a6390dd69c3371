"""Stream events that differ only in their text piece, recognised by their bytes without parsing.

Vendors stream a text in events that are equal byte for byte, except for the piece itself, increasing numbers
and padding. One parsed event (the mould) is enough to read the others, and to write them with another piece.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from dialects.json_strings import JsonText, closing, read, write
from dialects.spots import Channel, Spot

# https://platform.openai.com/docs/api-reference/responses-streaming numbers events and pads them to hide the
# text's length: padding must be too short to be anything else.
_GROWS = re.compile(
    rb'"(?:sequence_number|[a-zA-Z]{4,24}TokenCount)": ?([0-9]+)|"obfuscation": ?"(\w{0,16})"'
)
_NUMBER, _PADDING = re.compile(rb"[0-9]+"), re.compile(rb"\w{0,16}")
_BACKSLASH = 0x5C
_QUOTE = b'"'
_NUMBERED = b'"sequence_number"'


class Piece(NamedTuple):
    """The position of an event's text piece in its bytes, and the text."""

    start: int
    end: int
    text: str


# Of some events: the start of the first piece, the end of the last, all their text in UTF-8, and the size of
# the last piece in bytes. Made for each event of a stream: a class would cost a microsecond.
Run = tuple[int, int, bytes, int]


class Mould:
    """The byte form of one channel's events, taken from a parsed one."""

    __slots__ = ("_between", "_head", "_steps", "_tail", "channel", "numbered")

    def __init__(self, channel: Channel, head: bytes, steps: list[tuple[re.Pattern[bytes] | None, bytes]]):
        self.channel = channel
        self._head = head
        self._steps = steps  # pattern of each varying part (None: the piece), and the bytes after it
        # If only the piece varies, this alone separates consecutive events.
        self._tail = steps[0][1] if len(steps) == 1 else b""
        self._between = self._tail + head
        self.numbered = _NUMBERED in head or any(_NUMBERED in literal for _, literal in steps)

    @classmethod
    def of(cls, event: bytes, spot: Spot, piece: str) -> "Mould | None":
        """Of a parsed event with a single spot; None if its bytes do not show unambiguously where that is."""
        place = _place(event, spot.key, piece)
        if place is None:
            return None
        varying: list[tuple[int, int, re.Pattern[bytes] | None]] = [(*place, None)]
        for found in _GROWS.finditer(event):
            group = 1 if found[2] is None else 2
            if place[0] <= found.start() < place[1]:
                return None
            varying.append((*found.span(group), _NUMBER if group == 1 else _PADDING))
        varying.sort(key=lambda each: each[0])
        ends = [*(start for start, _, _ in varying[1:]), len(event)]
        steps = [(form, event[end:until]) for (_, end, form), until in zip(varying, ends, strict=True)]
        return cls(spot.channel, event[: varying[0][0]], steps)

    def count(self, events: Sequence[bytes]) -> int:
        """How many of the first events have this form and would be accepted by `run`.

        0 if more than the piece varies.
        """
        head, tail = self._head, self._tail
        if not tail or not events[0].startswith(head) or not events[0].endswith(tail):
            return 0
        # Split by the bytes between the pieces, without a Python step per event.
        parts = b"".join(events)[len(head) :].split(self._between)
        number = len(parts) - 1
        if not _plain(b"".join(parts[:-1])):
            number = next(number for number, part in enumerate(parts) if not _plain(part))
        last = parts[number]
        end = last.find(_QUOTE)
        return number + (end >= 0 and last.startswith(tail, end) and _plain(last[:end]))

    def run(self, data: bytes) -> Run | None:
        """The text of one event, or of several if only the piece varies; None if the data has anything else.

        None also if anything is escaped.
        """
        head, tail = self._head, self._tail
        if not tail:
            place = self._place(data)
            if place is None:
                return None
            start, end = place
            said, last = data[start:end], end - start
        elif data.startswith(head) and data.endswith(tail):
            start, end = len(head), len(data) - len(tail)
            said, last = data[start:end], end - start
            if _QUOTE in said:
                parts = said.split(self._between)
                said, last = b"".join(parts), len(parts[-1])
        else:
            return None
        return None if not said or b"\\" in said or _QUOTE in said else (start, end, said, last)

    def piece(self, event: bytes) -> Piece | None:
        """The piece of an event of this form; None if it has another form."""
        place = self._place(event)
        said = None if place is None else _said(event, *place)
        return None if place is None or said is None else Piece(*place, said)

    def _place(self, event: bytes) -> tuple[int, int] | None:
        """The range of an event's piece; None if the event has another form."""
        head = self._head
        if not event.startswith(head):
            return None
        at, start, stop = len(head), 0, 0
        for form, literal in self._steps:
            if form is None:
                start, stop = at, _end(event, at)
                if stop < 0:
                    return None
                at = stop
            else:
                found = form.match(event, at)
                if found is None:
                    return None
                at = found.end()
            if not event.startswith(literal, at):
                return None
            at += len(literal)
        return (start, stop) if at == len(event) else None


def spread(said: str, before: str, events: Sequence[bytes], pieces: Sequence[Piece]) -> bytes:
    """Events of one form with the new text `said`, split as it arrived; if it was changed, the first has all.

    `before` is text that was held back until these events arrived.
    """
    sizes = [len(piece.text) for piece in pieces]
    sizes[0] += len(before)
    if not (before + "".join([piece.text for piece in pieces])).startswith(said):
        sizes[0] = len(said)
    out, at = [], 0
    for event, piece, size in zip(events, pieces, sizes, strict=True):
        text = said[at : at + size]
        at += size
        if text != piece.text:
            raw = write(text.encode("utf-8", "surrogatepass"))
            event = event[: piece.start] + raw + event[piece.end :]
        out.append(event)
    return b"".join(out)


def _plain(said: bytes) -> bool:
    """Whether the bytes are unescaped text only, with nothing of an event around it."""
    return not (_QUOTE in said or b"\\" in said or b"\n" in said)


def number_in(event: bytes) -> int:
    """An event's sequence number in its stream."""
    at = event.index(_NUMBERED) + len(_NUMBERED) + 1
    found = _NUMBER.search(event, at)
    return int(found[0]) if found else 0


def _place(event: bytes, key: str, piece: str) -> tuple[int, int] | None:
    """The range of the value of a member that occurs exactly once and equals `piece`; otherwise None."""
    name = b'"%b":' % key.encode()
    if event.count(name) != 1:
        return None
    start = event.index(name) + len(name)
    start += event[start : start + 1] == b" "
    end = _end(event, start + 1)
    if event[start : start + 1] != b'"' or end < 0 or _said(event, start + 1, end) != piece:
        return None
    return start + 1, end


def _end(event: bytes, start: int) -> int:
    """The position of the quote that ends the string beginning here; -1: none."""
    end = event.find(b'"', start)
    return closing(event, start, end) if end > start and event[end - 1] == _BACKSLASH else end


def _said(event: bytes, start: int, end: int) -> str | None:
    """The text in this range; None if it is not UTF-8."""
    text = JsonText(start, end, b"", event.find(b"\\", start, end) < 0)
    try:
        return read(event, text).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
