"""Extracts a few members of a streamed JSON object, however large the rest is."""

import re
from collections.abc import Collection

_MARK = re.compile(rb'["{}\[\],:]')
_IN_TEXT = re.compile(rb'["\\]')
_MOST_NAME = 64  # bytes of a member's name that are compared
_MOST_KEPT = 64 * 1024  # bytes of one member's value
_OPEN, _CLOSE = b"{[", b"}]"


class Members:
    """An incremental reader of one object: `found` maps wanted top-level members to their complete JSON text.

    `counts` maps members to the number of objects in their list. Input that is not JSON yields nothing or
    garbage, but never raises.
    """

    def __init__(self, wanted: Collection[str]) -> None:
        self.found: dict[str, bytes] = {}
        self.counts: dict[str, int] = {}
        self._wanted = wanted
        self._depth = 0
        self._in_text = self._escaped = False
        self._names = True  # at the top level: a string coming now is a member's name
        self._text = b""
        self._member = ""
        self._value: bytearray | None = None

    def feed(self, data: bytes) -> None:
        """Read more of the object, cut anywhere."""
        place = 0
        while place < len(data):
            place = self._through_text(data, place) if self._in_text else self._to_mark(data, place)

    def _through_text(self, data: bytes, place: int) -> int:
        start = place
        if self._escaped:
            self._escaped = False
            place += 1
        found = _IN_TEXT.search(data, place)
        end = len(data) if found is None else found.end()
        self._keep(data[start:end])
        if self._names and self._depth == 1 and len(self._text) < _MOST_NAME:
            self._text += data[start:end]
        if found is not None:
            self._escaped = found[0] != b'"'
            self._in_text = self._escaped
        if not self._in_text and self._names and self._depth == 1:
            self._member = self._text[:-1].decode("utf-8", "replace")
        return end

    def _to_mark(self, data: bytes, place: int) -> int:
        found = _MARK.search(data, place)
        end = len(data) if found is None else found.start()
        self._keep(data[place:end])
        if found is None:
            return end
        self._marked(found[0])
        return found.end()

    def _marked(self, mark: bytes) -> None:
        top = self._depth == 1
        if mark == b'"':
            self._in_text, self._text = True, b""
        elif mark in _OPEN:
            self._depth += 1
            if self._depth == 3 and mark == b"{":
                self.counts[self._member] = self.counts.get(self._member, 0) + 1
        elif mark in _CLOSE:
            self._depth -= 1
        if top and mark in b",}]":
            self._complete()
        elif top and mark == b":":
            self._names = False
            self._value = bytearray() if self._member in self._wanted else None
        else:
            self._keep(mark)

    def _keep(self, data: bytes) -> None:
        if self._value is not None:
            self._value += data
            if len(self._value) > _MOST_KEPT:
                self._value = None

    def _complete(self) -> None:
        if self._value is not None:
            self.found[self._member] = bytes(self._value).strip()
        self._value, self._names = None, True
