"""A text with its disguises removed: look-alike letters, invisible characters, encodings.

The same rules scan each view as the text itself. Encoded text is decoded, and the result once more.
"""

import base64
import binascii
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

import re2

from guardrails.injections.ciphers import MORSE, ROTATED, from_morse, turned
from guardrails.injections.misspelt import MISSPELT, respelt
from guardrails.rules import options

# Letters of other alphabets that look like Latin ones: https://www.unicode.org/reports/tr39/
_ALIKE = str.maketrans(
    "аеорсухіјѕһԁԛԝкмтвнАВЕКМНОРСТХУІЈЅɑɡοαερτνικυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ",
    "aeopcyxijshdqwkmtbhABEKMHOPCTXYIJSagoaeptvikuxABEZHIKMNOPTYXabcdefghijklmnoprstuvwyz",
)
_LEET = bytes.maketrans(b"013457@$!|", b"oieastasil")
# UTF-8 lead bytes of characters that may be disguises: those beyond accented Latin letters.
_FOREIGN = re.compile(rb"[\xca-\xf4]")
# Invisible tag characters, one for each ASCII character.
_TAGS = re.compile("[\U000e0020-\U000e007e]{4,}")
# Variation selectors, each of which can encode a byte:
# https://paulbutler.org/2025/smuggling-arbitrary-data-through-an-emoji
_BYTES = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")
_STRUCK = re.compile("[\u0300-\u036f]")  # combining marks over, under and through letters
_UNSEEN = re.compile("[\U000e0000-\U000e007f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# The category Cf, invisible format characters: https://www.unicode.org/reports/tr44/
_FORMATS = re.compile(
    "[\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a]"
)

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{20,}={0,2}")
_BASE32 = re.compile(rb"\b[A-Z2-7]{24,}={0,6}")
_NUMBERS = re.compile(rb"(?:\b[0-9]{2,3}[ ,]{1,2}){11,}[0-9]{2,3}\b|(?:\b[01]{8} ?){8,}|(?:\\[0-7]{3}){8,}")
_HEX = re.compile(rb"(?:(?:\\x|0x|%)?[0-9a-fA-F]{2}[ ,:]?){12,}")
_SPACED = re.compile(rb"(?:\b[A-Za-z0-9@$][ ._*-]{1,6}){7,}[A-Za-z0-9@$]\b")
_SEPARATORS = re.compile(rb"[ ._*-]+")
_LEETED = re.compile(
    rb"\b(?:[a-z]+[013457@$!|]+[a-z]+[a-z013457@$!|]*|[013457@$!|]+[a-z][a-z013457@$!|]+)", re.IGNORECASE
)
# Hyphenated words in a row, and words that attacks cannot do without, written backwards.
_PARTED = re.compile(rb"(?:\b[A-Za-z]{1,8}-[a-z]{1,8}\b[^\n]{0,8}){3}")
_REVERSED = re.compile(rb"(?:snoitcurtsni|erongi|tpmorp|dragersid)", re.IGNORECASE)
# Pieces that the reader is to put together.
_GLUED = re.compile(rb"['\"] ?\+ ?['\"]")
_ASSIGNED = re.compile(rb"\b[A-Za-z]\w{0,7} ?:?= ?[\"']([^\"'\n]{2,80})[\"']")
_PIECE = rb"\b[A-Za-z]\w{0,7} ?:?= ?[\"'][^\"'\n]{2,80}[\"']"
_PUT = rb"(?:combin|concat|join|together|merge|\b[A-Za-z]\w{0,7} ?\+)"
_PIECES = re.compile(
    rb"%b[^\n=]{1,40}%b[^\n]{0,80}%b|%b[^\n]{0,60}%b[^\n=]{1,40}%b"
    % (_PIECE, _PIECE, _PUT, _PUT, _PIECE, _PIECE),
    re.IGNORECASE,
)
_NUMBERED = re.compile(rb"\\u00[2-7][0-9a-f]|&#x?[0-9a-f]{2,4};", re.IGNORECASE)
_HYPHEN = re.compile(rb"(?<=[A-Za-z])-(?=[a-z])")
_LEETED_WORDS = 2  # in a line: fewer are product names and the like
_LEETED_LONGEST = 20  # letters: longer strings are not words
_DEPTH = 2  # nested encodings
_MOST = 64  # encoded strings that are decoded in one text
_LONGEST = 16 * 1024  # bytes of one
_SAID = 0.85  # share of letters, spaces and punctuation from which decoded bytes are a text


@dataclass(frozen=True, slots=True)
class View:
    """An undisguised reading of parts of a text, with their positions in it."""

    text: bytes
    starts: tuple[int, ...]  # of its parts
    places: tuple[tuple[int, int], ...]  # the parts' positions in the original text
    disguised: bool = True  # whether its words differ from the text's

    def place(self, at: int) -> tuple[int, int]:
        """The original position of the part that contains this byte of the view."""
        return self.places[max(0, bisect_right(self.starts, at) - 1)]

    def parts(self) -> Iterator[tuple[bytes, int, int]]:
        """The text of each part, and its original position."""
        for start, after, place in zip(self.starts, (*self.starts[1:], None), self.places, strict=True):
            yield self.text[start : after and after - 1], *place


def views(text: bytes, *, depth: int = _DEPTH) -> Iterator[View]:
    """The views of a text other than the text itself; none if nothing is disguised."""
    seen = {_TRIGGERS[number] for number in _SET.Match(text) or ()}
    if _FOREIGN in seen:
        alike = [(plain(line), start, end) for line, start, end in _lines(text, _FOREIGN)]
        yield from _joined(alike, disguised=False)
        hidden = [(said, start, end) for line, start, end in _lines(text, _FOREIGN) for said in _tagged(line)]
        yield from _joined(hidden)
    if _ACCENTED in seen:
        bare = [(said, start, end) for line, start, end in _lines(text, _ACCENTED) for said in _bare(line)]
        yield from _joined(bare)
    codes = list(_codes(text)) if not seen.isdisjoint(_CODES) else []
    yield from _joined(codes)
    if depth > 1:
        for said, start, end in codes:
            for deeper in views(said, depth=depth - 1):
                yield View(deeper.text, (0,), ((start, end),))
    for pattern, reading in _READINGS.items():
        if pattern in seen:
            read = [(reading(line), start, end) for line, start, end in _lines(text, pattern)]
            yield from _joined([each for each in read if each[0]], disguised=pattern not in _ANYWAY)


def plain(text: bytes) -> bytes:
    """The text with look-alike letters unified and invisible characters removed."""
    if text.isascii():
        return text
    said = unicodedata.normalize("NFKC", text.decode("utf-8", "replace")).translate(_ALIKE)
    return _FORMATS.sub("", _UNSEEN.sub("", said)).encode()


def _joined(parts: list[tuple[bytes, int, int]], *, disguised: bool = True) -> Iterator[View]:
    if not parts:
        return
    starts, at = [], 0
    for said, _, _ in parts:
        starts.append(at)
        at += len(said) + 1
    yield View(
        b"\n".join(said for said, _, _ in parts),
        tuple(starts),
        tuple((start, end) for _, start, end in parts),
        disguised,
    )


def _lines(text: bytes, pattern: re.Pattern[bytes]) -> Iterator[tuple[bytes, int, int]]:
    """The lines in which a pattern occurs, each once."""
    at, searched = 0, _SEARCHED[pattern]
    while (found := searched.search(text, at)) is not None:
        start = text.rfind(b"\n", 0, found.start()) + 1
        end = text.find(b"\n", found.end())
        end = len(text) if end < 0 else end
        yield text[start:end], start, end
        at = end + 1


def _bare(line: bytes) -> Iterator[bytes]:
    """A line without combining marks, if its words have more than in any language."""
    parted = unicodedata.normalize("NFKD", line.decode("utf-8", "replace"))
    marked = [number for word in parted.split() if (number := len(_STRUCK.findall(word)))]
    if sum(marked) >= 2 * len(marked):
        yield _STRUCK.sub("", parted).encode()


def _tagged(line: bytes) -> Iterator[bytes]:
    for found in _TAGS.finditer(line.decode("utf-8", "replace")):
        yield "".join(chr(ord(each) - 0xE0000) for each in found[0]).encode()
    for found in _BYTES.finditer(line.decode("utf-8", "replace")):
        said = bytes(ord(each) - 0xFE00 if each < "\U000e0000" else ord(each) - 0xE00F0 for each in found[0])
        if _is_said(said):
            yield said


def _codes(text: bytes) -> Iterator[tuple[bytes, int, int]]:
    left = _MOST
    for pattern, decode in _CODES.items():
        for found in pattern.finditer(text):
            if not left:
                return
            left -= 1
            said = decode(found[0][:_LONGEST])
            if said is not None and _is_said(said):
                yield said, found.start(), found.end()


def _from_base64(code: bytes) -> bytes | None:
    body = code.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    if len(body) % 4 == 1:
        body = body[:-1]
    try:
        return base64.b64decode(body + b"=" * (-len(body) % 4))
    except binascii.Error:
        return None


_WHOLE = (0, 0, 2, 2, 4, 5, 5, 7)  # by number of base32 letters: how many encode whole bytes


def _from_base32(code: bytes) -> bytes | None:
    body = code.rstrip(b"=")
    body = body[: len(body) // 8 * 8 + _WHOLE[len(body) % 8]]
    return base64.b32decode(body + b"=" * (-len(body) % 8))


def _from_numbers(code: bytes) -> bytes | None:
    """Decodes character codes in decimal, binary, or as octal escapes."""
    if code.startswith(b"\\"):
        return bytes(int(each, 8) & 0xFF for each in code.split(b"\\")[1:])
    if set(code) <= set(b"01 "):
        digits = code.replace(b" ", b"")
        return int(digits[: len(digits) // 8 * 8], 2).to_bytes(len(digits) // 8)
    numbers = [int(each) for each in re.findall(rb"[0-9]+", code)]
    return bytes(numbers) if max(numbers) < 0x80 else None


def _from_hex(code: bytes) -> bytes | None:
    if b"%" in code:
        return unquote_to_bytes(code)
    digits = re.sub(rb"\\x|0x|[ ,:]", b"", code)
    return bytes.fromhex(digits[: len(digits) // 2 * 2].decode())


def _is_said(said: bytes) -> bool:
    try:
        text = said.decode()
    except UnicodeDecodeError:
        return False
    return sum(each.isalpha() or each in " ,.'!?\n" for each in text) >= _SAID * len(text)


def _unspaced(line: bytes) -> bytes:
    """Joins spaced letters; a word ends at two or more separators, or at a space among other separators."""
    return _SPACED.sub(_together, line)


def _together(found: re.Match[bytes]) -> bytes:
    among = any(each.strip() for each in _SEPARATORS.findall(found[0]))
    return _SEPARATORS.sub(lambda each: _between(each[0], among=among), found[0])


def _between(separator: bytes, *, among: bool) -> bytes:
    return b" " if len(separator) > 1 or (among and separator == b" ") else b""


def _unleeted(line: bytes) -> bytes:
    words = _SEARCHED[_LEETED].finditer(line)
    if sum(found.end() - found.start() <= _LEETED_LONGEST for found in words) < _LEETED_WORDS:
        return b""
    return line.translate(_LEET)


def _backwards(line: bytes) -> bytes:
    return line.decode("utf-8", "replace")[::-1].encode()


def _glued(line: bytes) -> bytes:
    return _GLUED.sub(b"", line)


def _unparted(line: bytes) -> bytes:
    return _HYPHEN.sub(b"", line)


def _assigned(line: bytes) -> bytes:
    """The values of assigned pieces joined, with spaces and without."""
    pieces = _ASSIGNED.findall(line)
    return b" ".join(pieces) + b". " + b"".join(pieces)


def _lettered(line: bytes) -> bytes:
    return _NUMBERED.sub(_letter, line)


def _letter(found: re.Match[bytes]) -> bytes:
    code = found[0].lower()
    if code.startswith(b"\\u"):
        return bytes([int(code[2:], 16)])
    number = int(code[3:-1], 16) if code[2:3] == b"x" else int(code[2:-1]) if code[2:-1].isdigit() else 32
    return chr(number).encode()


_READINGS = MappingProxyType(
    {
        _SPACED: _unspaced,
        _LEETED: _unleeted,
        ROTATED: turned,
        _REVERSED: _backwards,
        _GLUED: _glued,
        _NUMBERED: _lettered,
        MISSPELT: respelt,
        _PIECES: _assigned,
        _PARTED: _unparted,
    }
)

_CODES: Mapping[re.Pattern[bytes], Callable[[bytes], bytes | None]] = MappingProxyType(
    {
        _BASE64: _from_base64,
        _HEX: _from_hex,
        _BASE32: _from_base32,
        _NUMBERS: _from_numbers,
        MORSE: from_morse,
    }
)
# Readings of common notations, in which phrases are evidence but the word model is not.
_ANYWAY = (_PIECES, _PARTED)
# Accented Latin letters and combining marks, in UTF-8.
_ACCENTED = re.compile(rb"(?:\xc3[\x80-\xbf]|[\xc4-\xc9\xcc\xcd][\x80-\xbf]|\xe1[\xb8-\xbb][\x80-\xbf])")

# One Set tells which of these occur at all.
_TRIGGERS = (_FOREIGN, _ACCENTED, *_CODES, *_READINGS)


def _re2(trigger: re.Pattern[bytes]) -> bytes:
    return b"(?i)" + trigger.pattern if trigger.flags & re.IGNORECASE else trigger.pattern


def _set() -> re2.Set:
    made = re2.Set.SearchSet(options())
    for trigger in _TRIGGERS:
        made.Add(_re2(trigger))
    made.Compile()
    return made


_SET = _set()
_SEARCHED = MappingProxyType({each: re2.compile(_re2(each), options()) for each in _TRIGGERS})
