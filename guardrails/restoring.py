"""Restores values in a text that comes in pieces, and holds back only what may become a placeholder."""

import re
from collections.abc import Mapping

from dialects.json_strings import write
from guardrails.nesting import PROSE, Nesting, escaped, is_plain

# A program may write the brackets of a text inside JSON as escapes, as Go does:
# https://pkg.go.dev/encoding/json#Marshal
_BYTES = re.compile(rb"<[A-Z][A-Z0-9_]{1,30}_[0-9a-f]{12,64}>")
_PLACE = re.compile(r"(?:<|(\\+)u003[cC])([A-Z][A-Z0-9_]{1,30}_[0-9a-f]{12,64})(?:>|\\+u003[eE])")
_RUN = re.compile(r"\\+")
_OPENS = re.compile(r"<|\\+")
_ESCAPES = 42  # characters more than its name that a placeholder may have: its brackets, deep in JSON


class Issued:
    """What one request issued, ready for any number of streams."""

    __slots__ = ("_beginnings", "intricate", "longest", "restored", "unknown", "values")

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.restored = 0
        self.unknown = 0  # looked like placeholders of this request and were none
        self._beginnings: frozenset[str] | None = None
        # Whether how a value is put back depends on what comes before it.
        self.intricate = not all(map(is_plain, values.values()))
        self.longest = max(map(len, values), default=0)  # characters of a placeholder

    def replace(self, text: str) -> str:
        """A whole text with each placeholder's value; what was put in is not looked at again."""
        return self.replace_in(text, Nesting())

    def replace_in(self, text: str, nesting: Nesting) -> str:
        """The same, each value escaped as deep in JSON as its placeholder stands."""
        out, at, read = [], 0, 0
        for found in _PLACE.finditer(text):
            value = self._value_of(f"<{found[2]}>")
            if value is None:
                continue
            start, depth = found.start(), 0
            if found[1]:
                depth = _depth(len(found[1]))
                start += len(found[1]) - (1 << depth - 1)
            elif not is_plain(value):
                nesting.read(text[read : found.start()])
                read, depth = found.start(), nesting.depth or int(nesting.in_json)
            out += [text[at:start], escaped(value, depth)]
            at = found.end()
        nesting.read(text[read:])
        return "".join(out) + text[at:] if out else text

    def replace_in_document(self, document: bytes) -> bytes:
        """In a JSON document that writes no letter of a placeholder as an escape; no value is `intricate`."""
        return _BYTES.sub(self._written_value, document)

    def _written_value(self, found: re.Match[bytes]) -> bytes:
        value = self._value_of(found[0].decode())
        return found[0] if value is None else write(value.encode("utf-8", "surrogatepass"))

    def _value_of(self, name: str) -> str | None:
        value = self.values.get(name)
        if value is None:
            self.unknown += 1
        else:
            self.restored += 1
        return value

    def open_end(self, text: str) -> int:
        """Where the longest end of the text begins that a placeholder could begin with; else its length."""
        size = len(text)
        if not self.values:
            return size
        since = max(0, size - self.longest - _ESCAPES)
        if text.find("<", since) < 0 and text.find("\\", since) < 0:
            return size
        if self._beginnings is None:
            self._beginnings = frozenset(_beginnings(self.values))
        for found in _OPENS.finditer(text, since):
            if _RUN.sub(r"\\", text[found.start() :]) in self._beginnings:
                return found.start()
        return size


def _depth(backslashes: int) -> int:
    """How deep in JSON an escape stands; backslashes before its own are escaped themselves."""
    depth = 1
    while not backslashes & 1:
        backslashes >>= 1
        depth += 1
    return depth


def _beginnings(names: Mapping[str, str]) -> list[str]:
    """All that a placeholder may begin with, its escapes as they stand once in JSON."""
    return [
        form[:size]
        for name in names
        for left in ("<", "\\u003c", "\\u003C")
        for right in (">", "\\u003e", "\\u003E")
        for form in (f"{left}{name[1:-1]}{right}",)
        for size in range(1, len(form))
    ]


class Restoring:
    """One text: a choice's, or the arguments of one tool call."""

    __slots__ = ("_issued", "_nesting", "alert", "held")

    def __init__(self, issued: Issued, *, in_json: bool) -> None:
        self._issued = issued
        self._nesting = Nesting(in_json=in_json) if issued.intricate else None
        self.alert = issued.intricate  # it has to be told all that comes
        self.held = ""

    def feed(self, piece: str) -> str:
        """What can be said now."""
        text = self.held + piece
        end = self._issued.open_end(text)
        self.held = text[end:]
        return self._replaced(text[:end])

    def glance(self, piece: bytes, most: int) -> tuple[bytes, int] | None:
        """Nothing was held and nothing is, where no placeholder can begin in a piece; else None."""
        return None if self.alert or b"<" in piece else (b"", 0)

    def flush(self) -> str:
        """What is left when the text is over: it was no placeholder."""
        held, self.held = self.held, ""
        return self._replaced(held)

    def _replaced(self, text: str) -> str:
        nesting = self._nesting
        if nesting is not None:
            text = self._issued.replace_in(text, nesting)
            if nesting.over:
                self._nesting = None
        elif "<" in text or "u003" in text:
            text = self._issued.replace_in(text, PROSE)
        self.alert = self._nesting is not None or bool(self.held)
        return text
