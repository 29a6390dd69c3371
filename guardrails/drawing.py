"""What a text says in plain signs, where digits and letters are drawn otherwise or parted by unseen ones."""

import re
import unicodedata
from collections.abc import Iterator

import re2

from guardrails.rules import options

# The digits of other scripts, of full width and of mathematics, by their zeros.
_ZEROS = "\u0660\u06f0\u0966\u09e6\u0e50\uff10\U0001d7ce\U0001d7d8\U0001d7e2\U0001d7ec\U0001d7f6"


def _between(first: str, last: str) -> str:
    """A pattern of bytes for a range of signs that differ in their last byte alone."""
    least, most = first.encode(), last.encode()
    return "".join(rf"\x{each:02x}" for each in least[:-1]) + rf"[\x{least[-1]:02x}-\x{most[-1]:02x}]"


_DIGIT = "|".join(_between(zero, chr(ord(zero) + 9)) for zero in _ZEROS)
_LETTER = "|".join([_between("\uff21", "\uff3a"), _between("\uff41", "\uff5a")])
_UNSEEN = "|".join([_between("\u200b", "\u200f"), _between("\u2060", "\u2064"), r"\xef\xbb\xbf|\xc2\xad"])
_SPACE = "|".join([_between("\u2000", "\u200a"), r"\xe3\x80\x80"])
# Where such signs may hide a form, also one of which no more has come. Single ones stand in many a text.
_KNOWN = "[0-9A-Za-z@.]"
FORM = (
    rf"(?:{_DIGIT})(?:[0-9]|{_DIGIT}|\z)|[0-9](?:{_DIGIT})|(?:{_LETTER})(?:(?:{_LETTER}){{2}}|(?:{_LETTER})?\z)"
    rf"|[0-9](?:{_SPACE})(?:[0-9]|\z)|{_KNOWN}(?:{_UNSEEN})+(?:{_KNOWN}|\z)"
)
_SEARCH = re2.compile(FORM.encode("latin-1"), options()).search
_DRAWN = re.compile(r"[\u200b-\u200f\u2060-\u2064\ufeff\xad]+|[\uff01-\uff5e\u2000-\u200a\u3000]|(?![0-9])\d")
_WIDER = 0xFEE0  # from a sign of ASCII to its like of full width

Change = tuple[int, int, int]  # bytes: where it began and ended, and how long it is now


def plainly(text: bytes) -> tuple[bytes, list[Change]] | None:
    """The text in plain signs, and what was changed; None where nothing of it hides a form."""
    if text.isascii() or not _SEARCH(text):
        return None
    try:
        said = text.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None
    return _DRAWN.sub(_plain, said).encode("utf-8", "surrogatepass"), list(_changes(said))


def _plain(found: re.Match[str]) -> str:
    sign = found[0]
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    if "\uff01" <= sign[0] <= "\uff5e":
        return chr(ord(sign) - _WIDER)
    return " " if "\u2000" <= sign[0] <= "\u200a" or sign == "\u3000" else ""


def _changes(said: str) -> Iterator[Change]:
    at = last = 0
    for found in _DRAWN.finditer(said):
        at += len(said[last : found.start()].encode("utf-8", "surrogatepass"))
        size = len(found[0].encode())
        yield at, at + size, len(_plain(found))
        at, last = at + size, found.end()
