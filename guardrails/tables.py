"""The heading of a table cell's column, in CSV, Markdown or SQL."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_MARKS = (b"\t", b"|", b";", b",")
_QUOTED = re.compile(rb'"[^"\n]*"')
_INSIDE = bytes.maketrans(b"\t|;,", b"____")
_LONGEST = 2048  # bytes of a row on either side of a value
_INTRODUCED = 4  # lines, one of which is the heading: `Here is the list:` may precede it
_IS_HEADING = re.compile(rb"[^0-9]{1,32}[0-9]?")
_EDGES = b" \t\r\"'*"
# The beginning of a PostgreSQL dump, with tab-separated rows; and a string in SQL.
_COPY = re.compile(rb"(?i)COPY [^\n(]{1,128}\(([^()\n]{1,2048})\) FROM STDIN")
_TEXT = re.compile(rb"'(?:[^'\n]|'')*'")
_STATEMENT = 16 * 1024  # bytes of rows after the names of their columns


class Cell(NamedTuple):
    """A cell's position, and the heading of its column."""

    start: int
    end: int
    heading: bytes


class Tables:
    """The tables of one text, in CSV, tab-separated, Markdown or SQL; must be queried in text order."""

    __slots__ = ("_begins", "_heads", "_known", "_looked", "_names", "_sql", "_text", "_values")

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._begins, self._known = 0, 0  # the start of the last query's paragraph, and how far it was read
        self._sql = b"VALUES" in text or b"values" in text
        if self._sql:
            self._looked = self._values = 0
            self._names: Sequence[bytes] = ()  # of the last statement
        self._heads: dict[tuple[int, bytes, int], tuple[bytes, ...]] = {}

    def cell(self, start: int, end: int) -> Cell | None:
        """The cell that begins with this span, if its column has a heading."""
        row = self._of_row(start, end)
        return self._of_statement(start, end) if row is None and self._sql else row

    def _of_row(self, start: int, end: int) -> Cell | None:
        text = self._text
        begins = text.rfind(b"\n", max(0, start - _LONGEST), start) + 1
        if not begins or (top := self._top(start)) >= begins:
            return None
        ends = text.find(b"\n", end, end + _LONGEST)
        row = _unquoted(text[begins : ends if ends >= 0 else end + _LONGEST])
        at = start - begins
        left = row[:at].rstrip(_EDGES[:1] + _EDGES[2:])
        mark = left[-1:]
        if left and mark not in _MARKS:
            return None
        for each in (mark,) if mark else _MARKS:
            count = row.count(each)
            heads = self._headings(top, each, count) if count else ()
            heading = heads[row.count(each, 0, at)] if heads else b""
            if _IS_HEADING.fullmatch(heading):
                right = row.find(each, end - begins)
                return Cell(begins + len(left), begins + (len(row) if right < 0 else right), heading)
        return None

    def _of_statement(self, start: int, end: int) -> Cell | None:
        """The same for `INSERT INTO x (name, born) VALUES ('Ann', '1984-03-12')`."""
        text = self._text
        opened = text.rfind(b"(", max(0, start - _LONGEST), start)
        names = self._columns(opened) if opened >= 0 else ()
        if not names:
            return None
        left = _TEXT.sub(b"_", text[opened + 1 : start]).rstrip(b" \t\r\n'")
        number = left.count(b",")
        if number >= len(names) or left and not left.endswith(b","):
            return None
        right = min((each for each in (text.find(b",", end), text.find(b")", end)) if each >= 0), default=end)
        return Cell(start, right, names[number])

    def _columns(self, opened: int) -> Sequence[bytes]:
        """The columns of the values in these brackets; each byte is read once per spelling of VALUES."""
        text, since = self._text, self._looked
        at = max(text.rfind(b"VALUES", since, opened), text.rfind(b"values", since, opened))
        if at >= 0:
            closed = text.rfind(b")", max(0, at - _LONGEST), at)
            first = text.rfind(b"(", max(0, closed - _LONGEST), closed) if closed >= 0 else -1
            named = first >= 0 and not text[closed + 1 : at].strip()
            names = text[first + 1 : closed].split(b",") if named else []
            self._values, self._names = at, [each.strip(b" \t\r\n\"'`[]") for each in names]
        self._looked = max(since, opened - len(b"VALUES"))
        return self._names if opened - self._values < _STATEMENT else ()

    def _top(self, place: int) -> int:
        """The start of the paragraph; each byte is read once, because queries are in text order."""
        empty = self._text.rfind(b"\n\n", self._known, place)
        other = self._text.rfind(b"\0", self._known, place)  # in SEPARATOR, between texts
        self._begins = max(self._begins, empty + 2 if empty >= 0 else 0, other + 2 if other >= 0 else 0)
        self._known = max(self._known, place - 1)
        return self._begins

    def _headings(self, top: int, mark: bytes, count: int) -> tuple[bytes, ...]:
        """The cells of the paragraph's first line with this many of these marks."""
        known = self._heads.get((top, mark, count))
        if known is None:
            first = self._text[top : top + _INTRODUCED * _LONGEST].split(b"\n", _INTRODUCED)[:_INTRODUCED]
            copied = _COPY.match(first[0]) if mark == b"\t" else None
            lines = map(_unquoted, first) if copied is None else [copied[1].replace(b",", mark)]
            line = next((line for line in lines if line.count(mark) == count), b"")
            known = tuple(each.strip(_EDGES) for each in line.split(mark)) if line else ()
            self._heads[top, mark, count] = known
        return known


def _unquoted(line: bytes) -> bytes:
    """A line with the marks inside quotes replaced."""
    return _QUOTED.sub(lambda quoted: quoted[0].translate(_INSIDE), line) if b'"' in line else line
