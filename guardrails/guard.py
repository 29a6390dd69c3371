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

WINDOW = 256  # bytes of an answer that are held back at most, unless they have become a finding

Stage = GuardStage
Action = Literal["mask", "redact", "block", "flag", "ask"]
# What is not let through. Within an agent's run `ask` is a person's to decide, and never comes to this.
STOPPING: frozenset[Action] = frozenset(["block", "ask"])

# Between texts that are inspected together: no pattern of ours runs over it.
SEPARATOR = b"\n\0\n"
# Between the name of a member and what it holds, as JSON has it: the one tells of the other.
NAMED = b'":"'


class Segment(msgspec.Struct, frozen=True):
    """Text, and which way it goes: to the model or from it. Several texts stand apart by SEPARATOR."""

    stage: Stage
    text: bytes  # UTF-8
    seen: Collection[str] | None = None  # of all forms those that may be in it; None: any may
    span: "Span | None" = None  # for how long it may be looked at; None: for as long as it takes


class Lengthy(Exception):
    """A text takes longer to look at than others may be kept waiting: it is for a thread."""


MOMENT = 0.002  # seconds for which others may be kept waiting by a look at a text
AT_ONCE = 2048  # bytes: no single step of a look at so short a text takes longer than that by much


TURN = 0.001  # seconds for which a look in a thread keeps others waiting
_BREATH = 0.00005  # seconds


class Span:
    """For how long a look that begins now may go on while others wait for it; asked at each of its steps.

    Before `due` there is no need to ask.

    Only the thread's own time counts. While the system gives the processor to others nobody is kept waiting
    by the look, and to begin it once more in another thread would take as much again where least is left.
    """

    __slots__ = ("_began", "_seconds", "due")

    def __init__(self, seconds: float = MOMENT) -> None:
        self._seconds, self._began = seconds, thread_time()
        self.due = perf_counter() + seconds  # of a clock that is asked sooner than for the thread's own time

    def begin(self, seconds: float) -> None:
        """A guard begins, and has so long of its own where it keeps nobody waiting."""

    def step(self) -> None:
        """Raises Lengthy when it has gone on for too long."""
        if perf_counter() > self.due:
            left = self._seconds - (thread_time() - self._began)
            if left <= 0:
                raise Lengthy
            self.due = perf_counter() + left


class GivingWay(Span):
    """The same for a look in a thread, which lets others have their turn every millisecond.

    A search gives Python's lock away and has it back at once. Whoever waits for the lock is woken by that and
    finds it taken, and asks for it by force only after a time in which nobody gave it away: beside thousands
    of short searches the loop waited for a tenth of a second.
    """

    __slots__ = ("_shares", "_until")

    def __init__(self, seconds: float = inf, shares: int = 1) -> None:
        """`shares`: how often a guard has its time, for a long text."""
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
    """What a guard saw and what it wants done; never the text itself."""

    guard: str
    kind: str  # such as EMAIL
    action: Action
    start: int  # bytes of the segment's text
    end: int
    priority: int = 0  # of two findings at one place the greater counts, then the longer
    value: bool = True  # it is one wherever it stands again; an order is only where nobody may give one

    @property
    def stops(self) -> bool:
        """Whether what it was found in is not let through."""
        return self.action in STOPPING


class Guard(Protocol):
    """One check, as a team has configured it."""

    @property
    def name(self) -> str:
        """As the file calls it."""

    @property
    def stages(self) -> frozenset[Stage]:
        """Where it stands."""

    @property
    def kinds(self) -> frozenset[str]:
        """The types that it can find."""

    def inspect(self, segment: Segment) -> Sequence[Finding]:
        """The findings in one segment; pure, and safe to be called in any thread."""

    @property
    def partial(self) -> Sequence[str]:
        """re2 patterns of what it looks for, for streams: a text's end that may begin a match is held."""


@runtime_checkable
class Bindable(Protocol):
    """A guard of answers that looks at each in the light of its request."""

    def bound(self, told: Sequence[bytes], openings: "Openings") -> "tuple[Guard, Openings]":
        """The guard for one answer, and openings that know of it; `told` are the request's system texts."""


@runtime_checkable
class Formal(Protocol):
    """A guard that finds nothing where none of some forms is."""

    @property
    def forms(self) -> Set[str]:
        """re2 patterns: all that may begin a finding."""


class Skim(Protocol):
    """Looks at a whole JSON document at once, for all guards together."""

    @property
    def shortest(self) -> int:
        """So many bytes a text of ASCII has at least that holds any of the forms."""

    def seen(self, document: bytes) -> Collection[str] | None:
        """Of the forms those that may be in one of its texts; None where that cannot be told.

        Where there are none, nothing in it can be a finding. It may be asked in any thread.
        """

    def absent(self, text: bytes) -> bool:
        """Whether none of the forms is in one text; False where that cannot be told."""


@dataclass(frozen=True, slots=True)
class SkimKind:
    """How one is made of all forms of some guards; None where they cannot be looked for so."""

    build: Callable[[Sequence[str]], Skim | None]


@dataclass(frozen=True, slots=True)
class GuardKind:
    """`GUARD` of each file: how a guard is made from its settings. Raises ValueError where they make none."""

    build: Callable[[GuardFacts], Guard]


class Openings(Protocol):
    """The beginnings of what some guards look for."""

    def at(self, text: bytes, since: int = 0) -> int:
        """Where the longest end of the text begins that may begin a match; else its length.

        No more than WINDOW bytes are looked at, and none before `since`.
        """


@dataclass(frozen=True, slots=True)
class OpeningsKind:
    """How they are made from re2 patterns: loaded only where a guard stands before answers."""

    build: Callable[[Sequence[str]], Openings]


class GuardBroken(Exception):
    """A guard that must not be passed by could not do its work. The text is nowhere in it."""

    def __init__(self, guard: str, error: BaseException, reason: str = "error") -> None:
        super().__init__(f"the guard '{guard}' failed: {type(error).__name__}")
        self.guard = guard
        self.reason = reason  # for metrics


def merged(findings: Sequence[Finding]) -> list[Finding]:
    """Those that count, in the order of the text: none overlaps another.

    Blocking goes before changing, then priority decides, then length, then the place. Of one that another
    overlaps the rest counts still: nothing that any guard found is left over.
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
