"""Keeps citations aligned: positions counted in masked text become positions in delivered text."""

import re

from dialects.citing import Cited, cited
from dialects.errors import Malformed
from dialects.loosely import read, write
from dialects.rewriting import Editor
from dialects.spots import Channel
from guardrails.restoring import Issued

_PLACES = re.compile(rb'"(?:start_index|end_index|startIndex|endIndex|start)"')
# A stream has no citations unless its request contains one of these. They are sought one by one: a regular
# expression takes 50 ms for a request of a megabyte.
_ASKS = (b"earch", b"ocument", b"etriev", b"rounding", b"itation", b"code_interpreter", b"previous_response")


def may_cite(request: bytes) -> bool:
    """Whether the answer may contain citations, so that the vendor's original texts must be recorded."""
    return any(map(request.__contains__, _ASKS))


class Recorded:
    """An editor that records its input."""

    __slots__ = ("_editor", "_said")

    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        self._said: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._said)

    @property
    def held(self) -> str:
        return self._editor.held

    def feed(self, piece: str) -> str:
        self._said.append(piece)
        return self._editor.feed(piece)

    def glance(self, piece: bytes, most: int) -> tuple[bytes, int] | None:
        found = self._editor.glance(piece, most)
        if found is not None:
            self._said.append(piece.decode())
        return found

    def flush(self) -> str:
        return self._editor.flush()


class Citing:
    """Moves the citations of one answer."""

    def __init__(self, issued: Issued, *, records: bool) -> None:
        """`records`: a stream's texts are recorded, for positions in them that come later."""
        self._issued = issued
        self.records = records
        self._texts: dict[Channel, Recorded] = {}

    def recorded(self, channel: Channel, editor: Editor) -> Editor:
        """The editor, wrapped to record its input if `records`."""
        if not self.records:
            return editor
        made = self._texts[channel] = Recorded(editor)
        return made

    def looks(self, event: bytes) -> bool:
        """Whether an event may contain positions in recorded texts."""
        return self.records and _PLACES.search(event) is not None

    def placed(self, before: bytes, after: bytes) -> bytes:
        """The restored document `after`, with the positions of its citations moved."""
        if (after is before and not self._texts) or not _PLACES.search(before):
            return after
        try:
            was, now = read(before), read(after)
        except Malformed:
            return after
        pairs = list(zip(cited(was, self._said), cited(now, self._said), strict=False))
        moved = [self._moved(old, new) for old, new in pairs]
        return write(now) if any(moved) else after

    def _said(self, channel: Channel) -> str:
        text = self._texts.get(channel)
        return "" if text is None else text.text

    def _moved(self, old: Cited, new: Cited) -> bool:
        text, moved = old.text, False
        for name, ends in ((old.start, False), (old.end, True)):
            at = old.holder.get(name)
            if not isinstance(at, int) or isinstance(at, bool):
                continue
            place = len(text.encode()[:at].decode(errors="ignore")) if old.in_bytes else at
            if 0 <= place <= len(text):
                restored, there = self._issued.place(text, place, ends=ends)
                new.holder[name] = len(restored[:there].encode()) if old.in_bytes else there
                moved |= new.holder[name] != at
        return moved
