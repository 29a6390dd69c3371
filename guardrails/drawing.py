"""Replaces stylised characters by plain ones, and removes invisible ones, so that patterns match."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

# Digits of other scripts, full-width and mathematical digits, each set given by its zero.
_ZEROS = "\u0660\u06f0\u0966\u09e6\u0e50\uff10\U0001d7ce\U0001d7d8\U0001d7e2\U0001d7ec\U0001d7f6"


def _between(first: str, last: str) -> str:
    """A byte pattern for a range of characters that differ only in their last byte."""
    least, most = first.encode(), last.encode()
    return "".join(rf"\x{each:02x}" for each in least[:-1]) + rf"[\x{least[-1]:02x}-\x{most[-1]:02x}]"


_DIGIT = "|".join(_between(zero, chr(ord(zero) + 9)) for zero in _ZEROS)
_LETTER = "|".join([_between("\uff21", "\uff3a"), _between("\uff41", "\uff5a")])
_UNSEEN = "|".join([_between("\u200b", "\u200f"), _between("\u2060", "\u2064"), r"\xef\xbb\xbf|\xc2\xad"])
_SPACE = "|".join([_between("\u2000", "\u200a"), r"\xe3\x80\x80|\xc2\xa0|\xe2\x80\xaf|\xe2\x81\x9f"])
_AT = r"\xef\xbc\xa0"  # full-width, as on East Asian keyboards
# Where such characters may hide a form, also at the end of a partial text. Isolated ones are common.
_KNOWN = "[0-9A-Za-z@.]"
FORM = (
    rf"(?:{_DIGIT})(?:[0-9]|{_DIGIT}|\z)|[0-9](?:{_DIGIT})|(?:{_LETTER})(?:(?:{_LETTER}){{2}}|(?:{_LETTER})?\z)"
    rf"|[0-9](?:{_SPACE})(?:[0-9A-Za-z]|\z)|[A-Za-z.,](?:{_SPACE})(?:[0-9]|\z)|{_KNOWN}(?:{_UNSEEN})+(?:{_KNOWN}|\z)|{_AT}"
)
# Each of them in plain characters.
_PLAIN = {
    **{chr(ord(zero) + digit): str(digit) for zero in _ZEROS for digit in range(10)},
    **{chr(wide): chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)},
    **dict.fromkeys([*map(chr, range(0x2000, 0x200B)), "\xa0", "\u202f", "\u205f", "\u3000"], " "),
    **dict.fromkeys(
        [*map(chr, range(0x200B, 0x2010)), *map(chr, range(0x2060, 0x2065)), "\ufeff", "\xad"], ""
    ),
}
_TABLE = str.maketrans(_PLAIN)
_DRAWN = re.compile(f"[{''.join(map(re.escape, _PLAIN))}]")


class Change(NamedTuple):
    """A replaced character, in bytes: start and end in the original text, and its length now."""

    start: int
    end: int
    size: int


@cache
def _search() -> Callable[[bytes], Any]:
    """Compiled for the first text that is not pure ASCII: a process without guards never needs it."""
    rules = import_module("guardrails.rules")
    search: Callable[[bytes], Any] = rules.re2.compile(FORM.encode("latin-1"), rules.options()).search
    return search


def plainly(text: bytes) -> bytes | None:
    """The text in plain characters; None if it hides no form, or is not valid UTF-8."""
    if text.isascii() or not _search()(text):
        return None
    try:
        return text.decode("utf-8", "surrogatepass").translate(_TABLE).encode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return None


def changes(text: bytes) -> Iterator[Change]:
    """What `plainly` changed in this text, which must be valid UTF-8."""
    said, at, last = text.decode("utf-8", "surrogatepass"), 0, 0
    for found in _DRAWN.finditer(said):
        at += len(said[last : found.start()].encode("utf-8", "surrogatepass"))
        size = len(found[0].encode())
        yield Change(at, at + size, len(_PLAIN[found[0]]))
        at, last = at + size, found.end()
