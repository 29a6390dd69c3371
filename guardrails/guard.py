"""The Protocol of a guard, and what a finding is."""

from collections.abc import Callable, Collection, Sequence, Set
from dataclasses import dataclass
from math import inf
from operator import attrgetter
from time import perf_counter, sleep, thread_time
from typing import Literal, Protocol, runtime_checkable

import msgspec

from config.catalog import GuardFacts, GuardStage
from guardrails.overlaps import Places

WINDOW = 256  # the most bytes of an answer that are held back, unless they are a finding

Stage = GuardStage
Action = Literal["mask", "redact", "block", "flag", "ask"]
# Actions that stop a text. Within an agent's run a person decides about `ask`, so it never reaches this.
STOPPING: frozenset[Action] = frozenset(["block", "ask"])

# Separates texts that are inspected together: no pattern of ours matches across it.
SEPARATOR = b"\n\0\n"
# Separates a member's name from its value, as in JSON: the name is context for the value.
NAMED = b'":"'


class Segment(msgspec.Struct, frozen=True):
    """Text to inspect, and its direction: to the model or from it. SEPARATOR separates several texts."""

    stage: Stage
    text: bytes  # UTF-8
    seen: Collection[str] | None = None  # the patterns that may occur in it; None: any may
    span: "Span | None" = None  # how long inspecting it may take; None: as long as needed


class Lengthy(Exception):
    """Inspecting a text takes longer than the event loop may be blocked: continue in a thread."""


MOMENT = 0.002  # seconds for which an inspection may block the event loop
AT_ONCE = 2048  # bytes: no single step of inspecting so short a text takes much longer than that


TURN = 0.001  # seconds after which an inspection in a thread yields
_BREATH = 0.00005  # seconds


class Span:
    """How long an inspection that begins now may block the event loop; checked at each of its steps.

    Before `due` no check is needed.

    Only the thread's own CPU time counts: while the system runs other processes, the inspection blocks
    nobody, and starting it again in a thread would double the work on a busy machine.
    """

    __slots__ = ("_began", "_seconds", "due")

    def __init__(self, seconds: float = MOMENT) -> None:
        self._seconds, self._began = seconds, thread_time()
        self.due = perf_counter() + seconds  # by a clock that is cheaper to read than the thread's own

    def begin(self, seconds: float) -> None:
        """A guard begins; `seconds` is its own budget, which only applies in a thread."""

    def step(self) -> None:
        """Raises Lengthy once the time is used up."""
        if perf_counter() > self.due:
            left = self._seconds - (thread_time() - self._began)
            if left <= 0:
                raise Lengthy
            self.due = perf_counter() + left


class GivingWay(Span):
    """A Span for an inspection in a thread, which yields every millisecond.

    A search releases the GIL and takes it back at once. A thread waiting for the GIL is woken, finds it
    taken, and forces a switch only after an interval without a release: beside thousands of short searches
    the event loop waited for a tenth of a second.
    """

    __slots__ = ("_shares", "_until")

    def __init__(self, seconds: float = inf, shares: int = 1) -> None:
        """`shares`: how many times its budget a guard has, for a long text."""
        now = perf_counter()
        self._shares = shares
        self._until, self.due = now + seconds, now + TURN

    def begin(self, seconds: float) -> None:
        self._until = perf_counter() + seconds * self._shares

    def step(self) -> None:
        now = perf_counter()
        if now > self.due:
            if now > self._until:
                raise Lengthy
            sleep(_BREATH)
            self.due = perf_counter() + TURN


class Finding(msgspec.Struct, frozen=True, gc=False):
    """What a guard found and the action it wants; never the text itself."""

    guard: str
    kind: str  # such as EMAIL
    action: Action
    start: int  # bytes of the segment's text
    end: int
    priority: int = 0  # of overlapping findings the higher one counts, then the longer
    value: bool = True  # other occurrences count too; False for instructions, which depend on where they are

    @property
    def stops(self) -> bool:
        """Whether the request or answer is stopped."""
        return self.action in STOPPING


class Guard(Protocol):
    """One check, as a team has configured it."""

    @property
    def name(self) -> str:
        """Its name in the file."""

    @property
    def stages(self) -> frozenset[Stage]:
        """The stages at which it runs."""

    @property
    def kinds(self) -> frozenset[str]:
        """The types that it can find."""

    def inspect(self, segment: Segment) -> Sequence[Finding]:
        """The findings in one segment; pure, and thread-safe."""

    @property
    def partial(self) -> Sequence[str]:
        """re2 patterns of its findings, for streams: a suffix that may begin a match is held back."""


@runtime_checkable
class Bindable(Protocol):
    """A guard on answers that depends on the request."""

    def bound(self, told: Sequence[bytes], openings: "Openings") -> "tuple[Guard, Openings]":
        """The guard for one answer, and openings that include it; `told` are the request's system texts."""


@runtime_checkable
class Formal(Protocol):
    """A guard that finds nothing in a text without any of its patterns."""

    @property
    def forms(self) -> Set[str]:
        """re2 patterns, one of which begins every finding."""


class Skim(Protocol):
    """Scans a whole JSON document at once, for all guards together."""

    @property
    def shortest(self) -> int:
        """The minimum length in bytes of an ASCII text that contains any of the patterns."""

    def seen(self, document: bytes) -> Collection[str] | None:
        """The patterns that may occur in one of its texts; None if that is unknown.

        If there are none, the document has no findings. Thread-safe.
        """

    def absent(self, text: bytes) -> bool:
        """Whether a text contains none of the patterns; False if that is unknown."""


@dataclass(frozen=True, slots=True)
class SkimKind:
    """Builds a Skim from the patterns of some guards; None if they do not allow it."""

    build: Callable[[Sequence[str]], Skim | None]


@dataclass(frozen=True, slots=True)
class GuardKind:
    """`GUARD` of each file: builds a guard from its settings. Raises ValueError if they are invalid."""

    build: Callable[[GuardFacts], Guard]


class Openings(Protocol):
    """The possible beginnings of some guards' matches."""

    def at(self, text: bytes, since: int = 0) -> int:
        """The start of the longest suffix of the text that may begin a match; otherwise its length.

        Considers at most WINDOW bytes, and none before `since`.
        """


@dataclass(frozen=True, slots=True)
class OpeningsKind:
    """Builds Openings from re2 patterns; loaded only if a guard inspects answers."""

    build: Callable[[Sequence[str]], Openings]


class GuardBroken(Exception):
    """A guard with `on_error: block` failed. The exception contains no text."""

    def __init__(self, guard: str, error: BaseException, reason: str = "error") -> None:
        super().__init__(f"the guard '{guard}' failed: {type(error).__name__}")
        self.guard = guard
        self.reason = reason  # for metrics


def merged(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that count, in text order, without overlaps.

    Blocking precedes changing, then priority decides, then length, then position. The part of a finding
    that no other one overlaps still counts, so everything that any guard found is covered.
    """
    if not findings:
        return []
    ordered, at = sorted(findings, key=_start), 0
    for each in ordered:
        if each.start < at:
            break
        at = each.end
    else:
        return ordered
    places = Places()
    taken = [
        msgspec.structs.replace(each, start=start, end=end)
        for each in sorted(findings, key=_rank)
        for start, end in places.take(each.start, each.end)
    ]
    return sorted(taken, key=lambda each: each.start)


_start = attrgetter("start")
_ORDER = {"block": 0, "ask": 0, "redact": 1, "mask": 1, "flag": 2}


def _rank(finding: Finding) -> tuple[int, int, int, int]:
    length = finding.end - finding.start
    return (_ORDER[finding.action], -finding.priority, -length, finding.start)
