"""The readings of a text that guards inspect: as it is, unescaped, or in plain characters.

JSON is nested in JSON, often repeatedly: a tool's result in a text, a service's answer in that. Each level
doubles the backslashes. So a text is decoded until no escapes are left, and findings in each reading are
mapped back to the original bytes. If it is unclear whether a backslash is an escape (`C:\\night`), both
readings count. If stylised or invisible characters may hide a form, the deepest reading is read once more in
plain characters.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from guardrails.drawing import Change, changes, plainly
from guardrails.guard import Finding

DEEPEST = 6  # levels; at that depth each quote has 63 backslashes
_HEX = rb"[0-9a-fA-F]{2}"
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB]" + _HEX + rb"\\u[dD][c-fC-F]" + _HEX + rb"|u" + _HEX + _HEX + rb'|["\\/bfnrt])'
)
_LETTERS = {
    b"\\n": b"\n",
    b'\\"': b'"',
    b"\\t": b"\t",
    b"\\r": b"\r",
    b"\\/": b"/",
    b"\\b": b"\b",
    b"\\f": b"\f",
}
_MARK = b"\xff"  # never occurs in UTF-8
# A text's end that may be an incomplete escape: at some level, any run of backslashes may.
_OPEN = re.compile(rb"(?:\\+u[dD][89abAB]" + _HEX + rb")?(?:\\+(?:u[0-9a-fA-F]{0,3})?)?\Z")
_TAIL = 160  # bytes: a surrogate pair at the deepest level
_REACH = 16 * 1024  # bytes before a position that are searched for its opening quote
_JSON = msgspec.json.Decoder(msgspec.Raw)
_SPACE = b" \t\r\n"
_ESCAPING = 0x5C


class Step:
    """One decoding step: a level of escapes, or plain characters. Maps positions in both directions."""

    __slots__ = ("_after", "_before", "_ends", "_starts", "_text", "drawn")

    def __init__(self, text: bytes, *, drawn: bool = False) -> None:
        self.drawn = text if drawn else None  # for plain characters: the text before the step
        self._text: bytes | None = text  # None once the mapping is computed
        self._before: list[int] = []  # start and end of each escape before the step
        self._ends: list[int] = []
        self._starts: list[int] = []  # and of its character after it
        self._after: list[int] = []

    def _known(self) -> None:
        """Computes the mapping on first use: a text without findings never needs it."""
        if self._text is None:
            return
        shift = 0
        for start, end, size in _escapes(self._text) if self.drawn is None else changes(self._text):
            self._before.append(start)
            self._ends.append(end)
            self._starts.append(start - shift)
            self._after.append(start - shift + size)
            shift += end - start - size
        self._text = None

    def back(self, at: int, *, end: bool) -> int:
        """A position before the step; inside a decoded character, the start or `end` of its escape."""
        self._known()
        number = bisect_right(self._starts, at) - 1
        if number < 0:
            return at
        if at >= self._after[number]:
            return self._ends[number] + at - self._after[number]
        return self._ends[number] if end and at > self._starts[number] else self._before[number]

    def forth(self, at: int) -> int:
        """A position after the step; inside an escape, the start of its character."""
        self._known()
        number = bisect_right(self._before, at) - 1
        if number < 0:
            return at
        if at >= self._ends[number]:
            return self._after[number] + at - self._ends[number]
        return self._starts[number]

    def around(self, start: int, end: int) -> tuple[int, int]:
        """A span before the step, widened to whole escapes."""
        self._known()
        first, last = bisect_right(self._before, start) - 1, bisect_right(self._before, end) - 1
        if first >= 0 and start < self._ends[first]:
            start = self._before[first]
        if last >= 0 and self._before[last] < end < self._ends[last]:
            end = self._ends[last]
        return start, end


class Reading(NamedTuple):
    """A text after some decoding steps; positions map back to the original text."""

    text: bytes
    steps: tuple[Step, ...]

    @property
    def depth(self) -> int:
        return len(self.steps)

    def value(self, start: int, end: int) -> bytes:
        """The text of a span, with its original rather than plain characters."""
        if not self.steps or (drawn := self.steps[-1].drawn) is None:
            return self.text[start:end]
        return drawn[self.steps[-1].back(start, end=False) : self.steps[-1].back(end, end=True)]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """A span's position in the original text."""
        for step in reversed(self.steps):
            start, end = step.back(start, end=False), step.back(end, end=True)
        return start, end

    def floor(self, at: int) -> int:
        """The last position in the original text, up to `at`, that is not inside an escape."""
        for step in self.steps:
            at = step.forth(at)
        return self.place(at, at)[0]


class Seen(NamedTuple):
    """A finding in one of a text's readings, and its position in the original text."""

    finding: Finding
    reading: int  # its index
    start: int
    end: int


def readings(text: bytes, *, sure: bool) -> tuple[Reading, ...]:
    """All readings of a text, the likeliest first; none if there is nothing to decode. `sure`: it is JSON."""
    step, steps = _undone(text), tuple[Step, ...]()
    found = [] if sure and step is not None else [Reading(text, ())]
    while step is not None and len(steps) < DEEPEST:
        text, steps = step[0], (*steps, step[1])
        found.append(Reading(text, steps))
        step = _undone(text)
    if (plain := plainly(text)) is not None:
        found.append(Reading(plain, (*steps, Step(text, drawn=True))))
    return tuple(found) if len(found) > 1 or steps else ()


def is_json(text: bytes) -> bool:
    """Whether a text is a JSON document that may contain escapes."""
    if text.lstrip(_SPACE)[:1] not in (b"{", b"[", b'"'):
        return False
    try:
        _JSON.decode(text)
    except msgspec.DecodeError:
        return False
    return True


def seen_in(
    text: bytes, looks: Sequence[Reading], inspect: Callable[[bytes], Sequence[Finding]]
) -> Sequence[Finding]:
    """What is found in a text, or in any of its readings, with positions in the original text."""
    if not looks:
        return inspect(text)
    found = [(number, each) for number, look in enumerate(looks) for each in inspect(look.text)]
    return [
        msgspec.structs.replace(each.finding, start=each.start, end=each.end)
        for each in settled(text, looks, found)
    ]


def whole(text: bytes) -> int:
    """The length of an incomplete text without the incomplete escape that it may end with."""
    found = _OPEN.search(text, max(0, len(text) - _TAIL))
    return len(text) if found is None else found.start()


def settled(text: bytes, looks: Sequence[Reading], found: Sequence[tuple[int, Finding]]) -> list[Seen]:
    """Resolves the findings in a text's readings, each given with its reading's index.

    A finding that begins or ends inside an escape of a deeper reading is widened to all of it, if the text is
    nested that deeply. Findings of two readings at one position are one finding.
    """
    seen = [Seen(each, number, *looks[number].place(each.start, each.end)) for number, each in found]
    known = {(each.finding.guard, each.finding.kind, each.start, each.end) for each in seen}
    left = []
    for each in seen:
        wider = _widened(text, looks, each)
        if wider.start < each.start:
            inner = _behind_escape(looks, wider)
            if (each.finding.guard, each.finding.kind, inner, wider.end) in known:
                continue  # it mistook the letter of an escape for its own first one
        left.append(wider)
    return left if len({each.reading for each in left}) < 2 else _once(text, looks, left)


def _undone(text: bytes) -> tuple[bytes, Step] | None:
    """A text with one level of escapes decoded; None if it has none."""
    if b"\\" not in text:
        return None
    if _MARK in text:
        said = _ESCAPE.sub(_letter, text)
    else:  # the same, without a call for each escape
        said = text.replace(b"\\\\", _MARK)
        for escape, letter in _LETTERS.items():
            said = said.replace(escape, letter)
        if b"\\u" in said:
            said = _ESCAPE.sub(_letter, said)
        said = said.replace(_MARK, b"\\")
    return None if len(said) == len(text) else (said, Step(text))


def _escapes(text: bytes) -> Iterator[Change]:
    for found in _ESCAPE.finditer(text):
        start, end = found.span()
        yield Change(start, end, 1 if end - start == 2 else len(_letter(found)))


def _letter(found: re.Match[bytes]) -> bytes:
    """The character that an escape stands for."""
    escape = found[0]
    if len(escape) == 2:
        return _LETTERS.get(escape, escape[1:])
    code = int(escape[2:6], 16)
    if len(escape) > 6:
        code = 0x10000 + ((code - 0xD800) << 10) + int(escape[8:], 16) - 0xDC00
    return chr(code).encode("utf-8", "surrogatepass")


def _depth(text: bytes, at: int, least: int) -> int:
    """A position's depth, by the backslashes of the last quote before it, probably its string's opening."""
    quote = text.rfind(b'"', max(0, at - _REACH), at)
    if quote < 0:
        return least
    first = quote
    while first and text[first - 1] == _ESCAPING:
        first -= 1
    return level(quote - first)


def level(backslashes: int) -> int:
    """The level of a quote after so many backslashes: 1 for none, 2 for one, 3 for three."""
    found = 1
    while backslashes & 1:
        backslashes >>= 1
        found += 1
    return found


def _widened(text: bytes, looks: Sequence[Reading], seen: Seen) -> Seen:
    if seen.reading + 1 == len(looks):
        return seen
    look, finding = looks[seen.reading], seen.finding
    start, end = looks[seen.reading + 1].steps[-1].around(finding.start, finding.end)
    if (start, end) == (finding.start, finding.end):
        return seen
    number = look.text[start + 1 : start + 2] == b"u"  # a \u escape: no file name begins like that
    if not number and _depth(text, seen.start, look.depth) <= look.depth:
        return seen
    finding = msgspec.structs.replace(finding, start=start, end=end)
    return Seen(finding, seen.reading, *look.place(start, end))


def _behind_escape(looks: Sequence[Reading], seen: Seen) -> int:
    """The end, in the original text, of the escape that a finding begins with."""
    after = looks[seen.reading + 1]
    at = after.steps[-1].forth(seen.finding.start)
    letter = after.text[at : at + 4].decode("utf-8", "replace")[:1].encode()
    return after.place(at, at + len(letter))[1]


def _once(text: bytes, looks: Sequence[Reading], seen: Sequence[Seen]) -> list[Seen]:
    """Drops findings covered by another of their kind; at one position, the reading at its depth counts."""

    def order(each: Seen) -> tuple[int, int, bool]:
        depth = looks[each.reading].depth
        return each.start, -each.end, depth != _depth(text, each.start, depth)

    left, reached = list[Seen](), dict[tuple[str, str], int]()
    for each in sorted(seen, key=order):
        kind = each.finding.guard, each.finding.kind
        if each.end > reached.get(kind, -1):
            reached[kind] = each.end
            left.append(each)
    return left
