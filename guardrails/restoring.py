"""Restores values in a text that comes in pieces, and holds back only what may become a placeholder."""

import json
import re
from collections.abc import Mapping

from dialects.json_strings import write

# A program may write the brackets of a text inside JSON as escapes, as Go does:
# https://pkg.go.dev/encoding/json#Marshal
_PLAIN = re.compile(r"<[A-Z][A-Z0-9_]{1,30}_[0-9a-f]{12,64}>")
_BYTES = re.compile(_PLAIN.pattern.encode())
_ESCAPED = re.compile(r"(?:<|\\u003[cC])([A-Z][A-Z0-9_]{1,30}_[0-9a-f]{12,64})(?:>|\\u003[eE])")


class Issued:
    """What one request issued, ready for any number of streams."""

    __slots__ = ("_beginnings", "_json_beginnings", "longest", "restored", "unknown", "values")

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.restored = 0
        self.unknown = 0  # looked like placeholders of this request and were none
        self._beginnings: frozenset[str] | None = None
        self._json_beginnings: frozenset[str] | None = None
        self.longest = max(map(len, values), default=0)  # characters of a placeholder

    def replace(self, text: str) -> str:
        """The text with each placeholder's value; what was put in is not looked at again."""
        return _PLAIN.sub(self._value, text)

    def replace_in_json(self, text: str) -> str:
        """The same in JSON text, where a value has to be escaped."""
        return _ESCAPED.sub(self._escaped_value, text)

    def replace_in_document(self, document: bytes) -> bytes:
        """In a JSON document whose strings hold no JSON, nor letters of a placeholder as escapes."""
        return _BYTES.sub(self._written_value, document)

    def _written_value(self, found: re.Match[bytes]) -> bytes:
        value = self._value_of(found[0].decode())
        return found[0] if value is None else write(value.encode("utf-8", "surrogatepass"))

    def _value(self, found: re.Match[str]) -> str:
        value = self._value_of(found[0])
        return found[0] if value is None else value

    def _value_of(self, name: str) -> str | None:
        value = self.values.get(name)
        if value is None:
            self.unknown += 1
        else:
            self.restored += 1
        return value

    def _escaped_value(self, found: re.Match[str]) -> str:
        value = self._value_of(f"<{found[1]}>")
        return found[0] if value is None else json.dumps(value, ensure_ascii=False)[1:-1]

    def open_end(self, text: str, in_json: bool) -> int:
        """Where the longest end of the text begins that a placeholder could begin with; else its length."""
        beginnings = self._beginnings_of(in_json)
        size = len(text)
        reach = self.longest + (10 if in_json else 0)
        tail = text[-reach:]
        if "<" not in tail and not (in_json and "\\" in tail):
            return size
        for at in range(max(0, size - reach), size):
            if text[at] in "<\\" and text[at:] in beginnings:
                return at
        return size

    def _beginnings_of(self, in_json: bool) -> frozenset[str]:
        if not in_json:
            if self._beginnings is None:
                self._beginnings = frozenset(_beginnings(self.values))
            return self._beginnings
        if self._json_beginnings is None:
            names = [name[1:-1] for name in self.values]
            forms = [
                left + name + right
                for name in names
                for left in ("<", "\\u003c", "\\u003C")
                for right in (">", "\\u003e", "\\u003E")
            ]
            self._json_beginnings = frozenset(_beginnings(forms))
        return self._json_beginnings


def _beginnings(names: Mapping[str, str] | list[str]) -> list[str]:
    return [name[:size] for name in names for size in range(1, len(name))]


class Restoring:
    """One text: a choice's, or the arguments of one tool call."""

    __slots__ = ("_in_json", "_issued", "held")

    def __init__(self, issued: Issued, *, in_json: bool) -> None:
        self._issued = issued
        self._in_json = in_json
        self.held = ""

    def feed(self, piece: str) -> str:
        """What can be said now."""
        text = self.held + piece
        end = self._issued.open_end(text, self._in_json)
        self.held = text[end:]
        return self._replaced(text[:end])

    def glance(self, piece: bytes, most: int) -> tuple[bytes, int] | None:
        """Nothing was held and nothing is, where no placeholder can begin in a piece; else None."""
        return None if self.held or b"<" in piece else (b"", 0)

    def flush(self) -> str:
        """What is left when the text is over: it was no placeholder."""
        held, self.held = self.held, ""
        return self._replaced(held) if held else ""

    def _replaced(self, text: str) -> str:
        if self._in_json:
            return self._issued.replace_in_json(text)
        return self._issued.replace(text) if "<" in text else text
