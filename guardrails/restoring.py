"""Restores values in a streamed text, holding back only what may become a placeholder."""

import re
from collections.abc import Mapping

from dialects import json_strings
from guardrails.guises import Names, may_stand
from guardrails.nesting import PROSE, Nesting, escaped, is_plain

_BYTES = re.compile(rb"<[A-Z][A-Z0-9_]{1,30}_[0-9a-f]{12,64}>")
_OTHER_BRACKETS = re.compile(rb"&(?:lt|#)|%3[cC]")
_FEW = 64  # placeholders that are sought one by one
_ESCAPES = 42  # extra characters that a placeholder's brackets may take, deep in JSON


class Issued:
    """The placeholders that one request issued, for restoring in any number of texts."""

    __slots__ = ("_intricate", "_longest", "_names", "restored", "values")

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.restored = 0
        self._intricate: bool | None = None  # this and the next two are computed on first use
        self._names: Names | None = None
        self._longest = 0

    @property
    def intricate(self) -> bool:
        """Whether a value's escaping depends on the text before it."""
        if self._intricate is None:
            self._intricate = not all(map(is_plain, self.values.values()))
        return self._intricate

    @property
    def longest(self) -> int:
        """The characters of the longest placeholder."""
        self._longest = self._longest or max(map(len, self.values), default=0)
        return self._longest

    @property
    def unknown(self) -> int:
        """The number of lookalikes found that this request did not issue."""
        return 0 if self._names is None else self._names.unknown

    @property
    def names(self) -> Names:
        """The search for placeholders, compiled on first use."""
        if self._names is None:
            self._names = Names(self.values)
        return self._names

    def hint(self, text: bytes) -> bool:
        """Whether a placeholder may occur or begin in a text, or in a JSON event."""
        return bool(self.values) and self.names.hint(text)

    def may_stand(self, document: bytes) -> bool:
        """Whether a placeholder may occur in a complete document: cheaper than `hint`."""
        return bool(self.values) and may_stand(document)

    def replace(self, text: str) -> str:
        """A complete text with each placeholder replaced by its value; values are not searched again."""
        return self.replace_in(text, Nesting())

    def replace_in(self, text: str, nesting: Nesting) -> str:
        """The same, each value escaped for its placeholder's depth in JSON."""
        if not self.values:
            return text
        out, at, read = [], 0, 0
        for found in self.names.found(text):
            value, start, depth = found.dressed(self.values[found.name]), found.start, 0
            if found.deep:
                depth = _depth(found.deep)
                start += found.deep - (1 << depth - 1)
            elif not is_plain(value):
                nesting.read(text[read : found.start])
                read, depth = found.start, nesting.depth or int(nesting.in_json)
            out += [text[at:start], escaped(value, depth)]
            at = found.end
        self.restored += len(out) // 2
        nesting.read(text[read:])
        return "".join(out) + text[at:] if out else text

    def place(self, text: str, at: int, *, ends: bool) -> tuple[str, int]:
        """The text restored, and the position `at` in it. One inside a placeholder moves to the placeholder's
        start, or to its end if something `ends` there."""
        before, shift = (self.restored, self.unknown), 0
        for found in self.names.found(text):
            if found.start >= at:
                break
            size = len(found.dressed(self.values[found.name]))
            if found.end > at:
                at = found.end if ends else found.start
            if found.end <= at:
                shift += size - (found.end - found.start)
        restored = self.replace(text)
        self.restored, self.names.unknown = before
        return restored, at + shift

    def replace_in_document(self, document: bytes) -> bytes:
        """Restores values in each text of a JSON document."""
        if not self.hint(document):
            return document
        if self.intricate or b"\\u00" in document or len(self.values) > _FEW:
            return self._one_by_one(document)
        before = self.restored, self.unknown
        said, count = _BYTES.subn(self._written_value, document)
        if self._left_over(document, said, count):
            self.restored, self.names.unknown = before  # some are in other variants
            return self._one_by_one(document)
        return said

    def _left_over(self, document: bytes, said: bytes, count: int) -> bool:
        """Whether some may remain in other variants, once `count` as issued were replaced."""
        if document.count(b"<") > count or _OTHER_BRACKETS.search(document):
            return True
        left = said.lower()
        return any(left.find(name[name.rindex("_") + 1 : -1].encode()) >= 0 for name in self.values)

    def _one_by_one(self, document: bytes) -> bytes:
        edits = []
        for place in json_strings.texts(document):
            if not self.hint(document[place.start : place.end]):
                continue
            said = json_strings.read(document, place).decode("utf-8", "surrogatepass")
            changed = self.replace(said)
            if changed is not said:
                raw = changed.encode("utf-8", "surrogatepass")
                edits.append((place.start, place.end, json_strings.write(raw)))
        return json_strings.splice(document, edits) if edits else document

    def _written_value(self, found: re.Match[bytes]) -> bytes:
        value = self.values.get(found[0].decode())
        if value is None:
            self.names.unknown += 1
            return found[0]
        self.restored += 1
        return json_strings.write(value.encode("utf-8", "surrogatepass"))

    def open_end(self, text: str) -> int:
        """The start of the longest suffix of the text that may begin a placeholder; otherwise its length."""
        size = len(text)
        if not self.values:
            return size
        return self.names.open_end(text, max(0, size - self.longest - _ESCAPES))


def _depth(backslashes: int) -> int:
    """The depth in JSON of an escape with so many backslashes: those in excess are escaped themselves."""
    depth = 1
    while not backslashes & 1:
        backslashes >>= 1
        depth += 1
    return depth


class Restoring:
    """Restores values in one streamed text: a choice's, or the arguments of one tool call."""

    __slots__ = ("_issued", "_nesting", "alert", "held")

    def __init__(self, issued: Issued, *, in_json: bool) -> None:
        self._issued = issued
        self._nesting = Nesting(in_json=in_json) if issued.intricate else None
        self.alert = issued.intricate  # it must be fed everything
        self.held = ""

    def feed(self, piece: str) -> str:
        """What can be released once this piece is added."""
        text = self.held + piece
        end = self._issued.open_end(text)
        self.held = text[end:]
        return self._replaced(text[:end])

    def glance(self, piece: bytes, most: int) -> tuple[bytes, int] | None:
        """Nothing is held, before and after, if no placeholder can begin in the piece; otherwise None."""
        return None if self.alert or self._issued.hint(piece) else (b"", 0)

    def flush(self) -> str:
        """The rest at the end of the text, which was no placeholder."""
        held, self.held = self.held, ""
        return self._replaced(held)

    def _replaced(self, text: str) -> str:
        nesting = self._nesting
        if nesting is not None:
            text = self._issued.replace_in(text, nesting)
            if nesting.over:
                self._nesting = None
        else:
            text = self._issued.replace_in(text, PROSE)
        self.alert = self._nesting is not None or bool(self.held)
        return text
