"""The texts of a JSON body as one segment, and how findings map back to the body's bytes.

Every string is read, including keys, whichever member it belongs to, so that unknown members with text are
inspected like the others. Only machine-made strings are left out: ids, signatures and type names that look
like such, and binary content in base64.
"""

import base64
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

import msgspec

from dialects import json_strings
from dialects.json_strings import JsonText
from dialects.positions import Position, positions
from dialects.roles import Role, roles
from guardrails.encoded import CARRIERS, DATA, LONG, encoded
from guardrails.guard import NAMED, SEPARATOR, Finding
from guardrails.overlaps import Places
from guardrails.readings import Reading, is_json, readings, settled
from guardrails.spoken import MACHINE, NAMES, spoken

BINARY = 4096  # length from which base64 that encodes no text is skipped; a shorter one may be a secret
_NEXT = 16  # bytes between a member's name and its value, at most
# Names of members that say nothing about their values.
_TELL_NOTHING = NAMES | frozenset(
    b"value values data body query question prompt answer note notes comment number word words".split()
)

Ask = Callable[[bytes], Sequence[Finding]]
Instead = Callable[[Finding, bytes], bytes]  # the replacement for a finding with this text
Edit = tuple[int, int, bytes]  # start and end of the bytes to replace, and the replacement


class Piece(NamedTuple):
    """One string: its position in the body, and its text."""

    place: JsonText
    text: bytes  # its likeliest reading
    encoded: bytes | None = None  # if the text is in base64: what precedes it, such as a data URL's head
    raw: bytes | None = None  # with its escapes; None: the same as `text`
    looks: tuple[Reading, ...] = ()  # all its readings, if there are several or it has escapes

    @property
    def stands(self) -> bytes:
        """The original text, escapes included."""
        return self.text if self.raw is None else self.raw


class Other(NamedTuple):
    """A further reading of a piece."""

    piece: int  # the piece's index
    look: int  # the reading's index


class Change(NamedTuple):
    """What to replace in a raw piece, and the replacement."""

    start: int
    end: int
    finding: Finding
    text: bytes

    def edit(self, instead: Instead) -> Edit:
        return self.start, self.end, instead(self.finding, self.text)


class Further(NamedTuple):
    """Further readings of several pieces as one segment."""

    text: bytes
    numbers: tuple[int, ...]  # of the readings, counted after the pieces
    starts: tuple[int, ...]  # of each in `text`


class Body(msgspec.Struct, frozen=True):
    """A JSON document with its texts."""

    document: bytes
    pieces: tuple[Piece, ...]
    joined: bytes
    starts: tuple[int, ...]  # of each piece in `joined`, and of each other reading in `everything`
    others: tuple[Other, ...] = ()
    named: frozenset[int] = frozenset()  # pieces that directly follow their member's name

    @classmethod
    def of(cls, document: bytes, *, every: bool = False) -> "Body":
        """Reads a document, which must be valid JSON. `every`: includes strings of one or two bytes."""
        pieces = [
            piece for place in spoken(document, every=every) if (piece := _piece(document, place)) is not None
        ]
        others = [
            Other(number, look)
            for number, piece in enumerate(pieces)
            if piece.looks
            for look in range(1, len(piece.looks))
        ]
        texts = [piece.text for piece in pieces]
        named = _named(document, pieces)
        joined = _join(texts, named)
        texts += [pieces[other.piece].looks[other.look].text for other in others]
        return cls(document, tuple(pieces), joined, _starts(texts), tuple(others), named)

    @property
    def everything(self) -> bytes:
        """The text that findings refer to: the pieces, followed by the further readings."""
        if not self.others:
            return self.joined
        return SEPARATOR.join([self.joined, *map(self._said, range(len(self.pieces), len(self.starts)))])

    def asked(self, ask: Ask) -> list[Finding]:
        """What `ask` finds in the texts, in all readings."""
        found = list(ask(self.joined))
        if self.others:
            found = self.settled(found + self.found_further(range(len(self.pieces)), ask))
        return found

    def found_further(self, pieces: Collection[int], ask: Ask) -> list[Finding]:
        """What is found in the further readings of some pieces; those of each level are one segment."""
        return [
            self.moved(each, further.numbers, further.starts)
            for further in self._further(frozenset(pieces))
            for each in ask(further.text)
        ]

    def _further(self, pieces: Collection[int]) -> Iterator[Further]:
        for look in sorted({other.look for other in self.others}):
            numbers = [
                number
                for number, other in enumerate(self.others, len(self.pieces))
                if other.look == look and other.piece in pieces
            ]
            if numbers:
                texts = [self._said(number) for number in numbers]
                yield Further(SEPARATOR.join(texts), tuple(numbers), _starts(texts))

    def settled(self, findings: Sequence[Finding]) -> list[Finding]:
        """Resolves findings in several readings of a text to those that count."""
        left, doubtful = list[Finding](), dict[int, list[tuple[int, Finding]]]()
        for each in findings:
            number = self._number(each)
            other, start = self._other(number), self.starts[number]
            if self.pieces[other.piece].looks and each.end <= start + len(self._said(number)):
                moved = _shifted(each, -start)
                doubtful.setdefault(other.piece, []).append((other.look, moved))
            else:
                left.append(each)
        numbers = {self._other(number): number for number in range(len(self.starts))}
        for at, found in doubtful.items():
            for seen in settled(self.pieces[at].stands, self.pieces[at].looks, found):
                left.append(_shifted(seen.finding, self.starts[numbers[Other(at, seen.reading)]]))
        return left

    def moved(self, finding: Finding, numbers: Sequence[int], starts: Sequence[int]) -> Finding:
        """Moves a finding from joined readings to `everything`; cut at the end of the text it begins in."""
        at = bisect_right(starts, finding.start) - 1
        origin, size = self.starts[numbers[at]], len(self._said(numbers[at]))
        moved = _shifted(finding, origin - starts[at])
        return moved if moved.end <= origin + size else _until(moved, origin + size)

    def _number(self, finding: Finding) -> int:
        return bisect_right(self.starts, finding.start) - 1

    def _other(self, number: int) -> Other:
        """The reading with this number, counted after the pieces."""
        return Other(number, 0) if number < len(self.pieces) else self.others[number - len(self.pieces)]

    def _said(self, number: int) -> bytes:
        if number < len(self.pieces):
            return self.pieces[number].text
        other = self._other(number)
        return self.pieces[other.piece].looks[other.look].text

    def part(self, wanted: Callable[[Position], bool]) -> "Part | None":
        """The texts in wanted positions; None if there are none."""
        numbers = [number for number, position in enumerate(self.positions()) if wanted(position)]
        return Part.of(self, numbers) if numbers else None

    def roles(self) -> list[Role | None]:
        """The role of each text's author; "user" if unknown."""
        found = roles(self.document)
        if found is None:
            return ["user"] * len(self.pieces)
        places = zip(json_strings.texts(self.document), found, strict=False)
        said = {place.start: role for place, role in places}
        return [said.get(piece.place.start, "user") for piece in self.pieces]

    def positions(self) -> list[Position]:
        """The position of each of its texts in the format; "words" if unknown."""
        found = positions(self.document)
        if found is None:
            return ["words"] * len(self.pieces)
        places = zip(json_strings.texts(self.document), found, strict=False)
        starts = {place.start: position for place, position in places}
        return [starts.get(piece.place.start, "words") for piece in self.pieces]

    def edited(self, findings: Sequence[Finding], instead: Instead) -> bytes:
        """The document with each finding's text replaced; findings are in order and do not overlap."""
        edits, doubtful = dict[int, list[Edit]](), dict[int, list[Change]]()
        pieces, starts = self.pieces, self.starts
        for finding in findings:
            number = bisect_right(starts, finding.start) - 1
            start, end = finding.start - starts[number], finding.end - starts[number]
            if number < len(pieces) and end <= len(said := pieces[number].text) and not pieces[number].looks:
                edits.setdefault(number, []).append((start, end, instead(finding, said[start:end])))
                continue
            for at, change in self._changes(finding):
                if pieces[at].looks:
                    doubtful.setdefault(at, []).append(change)
                else:
                    edits.setdefault(at, []).append(change.edit(instead))
        for at, changes in doubtful.items():
            edits[at] = [change.edit(instead) for change in _apart(changes, pieces[at].stands)]
        return json_strings.splice(
            self.document, [self._rewritten(pieces[at], edits[at]) for at in sorted(edits)]
        )

    def _rewritten(self, piece: Piece, edits: Sequence[Edit]) -> Edit:
        """A piece's edits as one edit of the document."""
        text = json_strings.splice(piece.stands, edits)
        if piece.encoded is not None:
            text = piece.encoded + base64.b64encode(text)
        return piece.place.start, piece.place.end, json_strings.write(text)

    def _changes(self, finding: Finding) -> Iterator[tuple[int, Change]]:
        """A finding's replacements, by piece, in terms of the original text."""
        for number, start, end in self._parts(finding):
            text, other = self._said(number)[start:end], self._other(number)
            if looks := self.pieces[other.piece].looks:
                text = looks[other.look].value(start, end)
                start, end = looks[other.look].place(start, end)
            yield other.piece, Change(start, end, finding, text)

    def _parts(self, finding: Finding) -> list[tuple[int, int, int]]:
        """The parts of a finding by piece: one, unless an operator's pattern matched across texts."""
        number = self._number(finding)
        first = self.starts[number]
        if finding.end <= first + len(self._said(number)):
            return [(number, finding.start - first, finding.end - first)]
        found = []
        while number < len(self.starts) and self.starts[number] < finding.end:
            origin, size = self.starts[number], len(self._said(number))
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
        pairs = enumerate(pairwise(numbers), 1) if whole.named else ()
        named = [at for at, (one, two) in pairs if two in whole.named and one + 1 == two]
        return cls(whole, tuple(numbers), _join(texts, named), _starts(texts))

    def asked(self, ask: Ask) -> list[Finding]:
        """What `ask` finds in the texts, in all readings, with positions in the whole body."""
        found = [self.in_whole(each) for each in ask(self.joined)]
        if self.whole.others:
            found = self.whole.settled(found + self.whole.found_further(self.numbers, ask))
        return found

    def in_whole(self, finding: Finding) -> Finding:
        """Moves a finding to the whole body's text; cut at the end of the text that it begins in."""
        return self.whole.moved(finding, self.numbers, self.starts)


def _named(document: bytes, pieces: Sequence[Piece]) -> frozenset[int]:
    """The numbers of the pieces that follow a member's name, if the name is informative."""
    return frozenset(
        number
        for number, (before, piece) in enumerate(pairwise(pieces), 1)
        if (key := piece.place.key)
        and (
            key in MACHINE
            or key not in _TELL_NOTHING
            and piece.place.start - before.place.end <= _NEXT
            and document[before.place.start : before.place.end] == key
        )
    )


def _join(texts: Sequence[bytes], named: Collection[int]) -> bytes:
    if not named:
        return SEPARATOR.join(texts)
    joints = [NAMED if number in named else SEPARATOR for number in range(len(texts))]
    return b"".join(chain.from_iterable(zip(joints, texts, strict=True)))[len(SEPARATOR) :]


def _starts(texts: Sequence[bytes]) -> tuple[int, ...]:
    """The start of each text when they are joined."""
    return tuple(accumulate((len(text) + len(SEPARATOR) for text in texts[:-1]), initial=0)) if texts else ()


def _shifted(finding: Finding, by: int) -> Finding:
    return msgspec.structs.replace(finding, start=finding.start + by, end=finding.end + by)


def _until(finding: Finding, end: int) -> Finding:
    return msgspec.structs.replace(finding, end=end)


def _apart(changes: Sequence[Change], stands: bytes) -> list[Change]:
    """Changes in order, without the overlaps between readings; longer ones take precedence."""
    places, left = Places(), list[Change]()
    for change in sorted(changes, key=lambda each: each.start - each.end):
        for start, end in places.take(change.start, change.end):
            whole = (start, end) == (change.start, change.end)
            left.append(change if whole else Change(start, end, change.finding, stands[start:end]))
    return sorted(left, key=lambda each: each.start)


def _piece(document: bytes, place: JsonText) -> Piece | None:
    size = place.end - place.start
    if size >= LONG or place.key in CARRIERS or document.startswith(DATA, place.start):
        text = json_strings.read(document, place) if not place.plain else None
        span = (document, place.start, place.end) if text is None else (text, 0, len(text))
        found = encoded(*span, place.key)
        if found is not None and found.text is not None:
            return _read(place, found.text, found.head)
        if found is not None and size >= BINARY:
            return None
    return _read(place, json_strings.read(document, place), None)


def _read(place: JsonText, text: bytes, head: bytes | None) -> Piece:
    if (b"\\" in text or not text.isascii()) and (looks := readings(text, sure=is_json(text))):
        return Piece(place, looks[0].text, head, text, looks)
    return Piece(place, text, head)
