"""The texts of a JSON body as one segment, with the way back from findings to the body's bytes.

Every string is read, keys too, whatever member it is the value of: a text-bearing member that nobody here
has heard of is inspected like the others. Left out is only what machines made: ids, signatures and names of
kinds that hold nothing but the letters of such, and binary content in base64.
"""

import base64
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import msgspec

from dialects import json_strings
from dialects.json_strings import JsonText
from dialects.positions import Position, positions
from dialects.roles import Role, roles
from guardrails.guard import SEPARATOR, Finding
from guardrails.spoken import spoken

_DATA_URL = re.compile(rb"data:[\w.+/-]{0,80}(?:;[\w=.+-]{0,60})*;base64,")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-"
BINARY = 4096  # base64 that says no text is passed over from this length on; a shorter one may be a secret
_SNIFFED = 684  # base64 characters that are decoded to see whether they are text
_ESCAPES = (b"\\\\", b"\\n", b"\\r", b"\\t", b'\\"', b"\\/", b"\\b", b"\\f")
_FOREIGN = re.compile(rb"\\u(?!00[2-7])[0-9a-fA-F]{4}")  # no letter of ASCII
_NEEDLESS = re.compile(rb"\\u00([2-7][0-9a-fA-F])")


class Piece(NamedTuple):
    """One string: where it is in the body, and what it says."""

    place: JsonText
    text: bytes
    encoded: bytes | None = None  # what precedes the base64 of a text that is encoded


@dataclass(frozen=True, slots=True)
class Body:
    """A JSON document with its texts."""

    document: bytes
    pieces: tuple[Piece, ...]
    joined: bytes
    starts: tuple[int, ...]  # of each piece in `joined`

    @classmethod
    def of(cls, document: bytes, *, every: bool = False) -> "Body":
        """Read a document; whoever sends it on has checked that it is JSON. `every`: also the shortest."""
        pieces = [
            piece for place in spoken(document, every=every) if (piece := _piece(document, place)) is not None
        ]
        starts, at = [], 0
        for piece in pieces:
            starts.append(at)
            at += len(piece.text) + len(SEPARATOR)
        joined = shown(SEPARATOR.join([piece.text for piece in pieces]))
        return cls(document, tuple(pieces), joined, tuple(starts))

    def part(self, wanted: Callable[[Position], bool]) -> "Part | None":
        """Of its texts those that stand where it is wanted; None where none does."""
        numbers = [number for number, position in enumerate(self.positions()) if wanted(position)]
        return Part.of(self, numbers) if numbers else None

    def roles(self) -> list[Role | None]:
        """Who says each of its texts; where that cannot be told, anybody: the user."""
        found = roles(self.document)
        if found is None:
            return ["user"] * len(self.pieces)
        places = zip(json_strings.texts(self.document), found, strict=False)
        said = {place.start: role for place, role in places}
        return [said.get(piece.place.start, "user") for piece in self.pieces]

    def positions(self) -> list[Position]:
        """Where each of its texts stands."""
        found = positions(self.document)
        if found is None:
            return ["words"] * len(self.pieces)
        places = zip(json_strings.texts(self.document), found, strict=False)
        starts = {place.start: position for place, position in places}
        return [starts.get(piece.place.start, "words") for piece in self.pieces]

    def edited(self, findings: Sequence[Finding], instead: Callable[[Finding, bytes], bytes]) -> bytes:
        """The document with each finding's text replaced; findings are in order and do not overlap."""
        by_piece: dict[int, list[tuple[int, int, bytes]]] = {}
        for finding in findings:
            for number, start, end in self._parts(finding):
                text = self.pieces[number].text[start:end]
                by_piece.setdefault(number, []).append((start, end, instead(finding, text)))
        edits = []
        for number, changes in sorted(by_piece.items()):
            piece = self.pieces[number]
            text = json_strings.splice(piece.text, changes)
            if piece.encoded is not None:
                text = piece.encoded + base64.b64encode(text)
            edits.append((piece.place.start, piece.place.end, json_strings.write(text)))
        return json_strings.splice(self.document, edits)

    def _parts(self, finding: Finding) -> list[tuple[int, int, int]]:
        """The pieces a finding lies in: one, unless an operator's pattern ran over the end of a text."""
        number = bisect_right(self.starts, finding.start) - 1
        first = self.starts[number]
        if finding.end <= first + len(self.pieces[number].text):
            return [(number, finding.start - first, finding.end - first)]
        found = []
        while number < len(self.pieces) and self.starts[number] < finding.end:
            origin, size = self.starts[number], len(self.pieces[number].text)
            start, end = max(0, finding.start - origin), min(size, finding.end - origin)
            if start < end:
                found.append((number, start, end))
            number += 1
        return found


@dataclass(frozen=True, slots=True)
class Part:
    """Some texts of a body as one segment, with the way back to all of them."""

    whole: Body
    numbers: tuple[int, ...]  # of the pieces
    joined: bytes
    starts: tuple[int, ...]  # of each in `joined`

    @classmethod
    def of(cls, whole: Body, numbers: Sequence[int]) -> "Part":
        texts = [whole.pieces[number].text for number in numbers]
        starts = accumulate((len(text) + len(SEPARATOR) for text in texts[:-1]), initial=0)
        return cls(whole, tuple(numbers), shown(SEPARATOR.join(texts)), tuple(starts))

    def in_whole(self, finding: Finding) -> Finding:
        """The finding where it is in the whole body's text; as far as the text goes that it begins in."""
        at = bisect_right(self.starts, finding.start) - 1
        number = self.numbers[at]
        origin, size = self.whole.starts[number], len(self.whole.pieces[number].text)
        moved = origin - self.starts[at]
        end = min(finding.end + moved, origin + size)
        return msgspec.structs.replace(finding, start=finding.start + moved, end=end)


def _piece(document: bytes, place: JsonText) -> Piece | None:
    size = place.end - place.start
    if size >= 64:
        start = _base64_at(document, place)
        if start:
            encoded = _encoded(document, place, start)
            if encoded is not None or size >= BINARY:
                return encoded
    text = json_strings.read(document, place)
    if b"\\u00" in text and text[:1] in b'{["':
        text = _NEEDLESS.sub(_needless, text)  # an @ that is written as an escape inside JSON inside JSON
    return Piece(place, text)


def _base64_at(document: bytes, place: JsonText) -> int:
    """Where the base64 of a string begins; 0 where more than a data URL's head is not base64."""
    head = _DATA_URL.match(document, place.start, place.end)
    start = place.start if head is None else head.end()
    sample = document[start : start + 64]
    if sample.translate(None, _BASE64) or document[start : place.end].translate(None, _BASE64):
        return 0
    return start


def _encoded(document: bytes, place: JsonText, start: int) -> Piece | None:
    """A base64 string that holds text; None for any other, which no guard of text can read."""
    try:
        first = base64.b64decode(document[start : min(place.end, start + _SNIFFED)])
        first[:-4].decode()  # a letter may be cut
        if b"\0" in first or first.startswith(b"%PDF"):
            return None
        text = base64.b64decode(document[start : place.end], validate=True)
        text.decode()
    except ValueError:
        return None
    return Piece(place, text, document[place.start : start])


def _needless(found: re.Match[bytes]) -> bytes:
    letter = bytes.fromhex(found[1].decode())
    return found[0] if letter in b'"\\' else letter


def shown(text: bytes) -> bytes:
    """The text as guards see it: what is escaped once more, as in JSON inside JSON, is white space."""
    if b"\\" in text:
        for escape in _ESCAPES:
            text = text.replace(escape, b"  ")
        if b"\\u" in text:
            text = _FOREIGN.sub(b"      ", text)
    return text
