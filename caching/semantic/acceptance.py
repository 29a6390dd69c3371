"""Decides which candidates are served: an adaptive threshold, per team and model."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import msgspec

from caching.semantic.bound import at_most, wrong_given
from caching.semantic.drift import Drift
from caching.semantic.features import SIZE
from caching.semantic.pool import RISK, Count
from caching.semantic.verifier import ENOUGH, Verifier, train

CLOSED = 2.0  # a threshold that nothing reaches
FIRST = 20  # the first hits, which are all checked
_MOST_LABELS = 2000  # only the latest are used
_LATE = 60  # the latest labels: those above the threshold reveal a change, and only the latest outlast it
_STARTLING = 0.01  # a p-value: below it, their error rate contradicts `max_wrong`
_STEP = 0.005  # resolution of the threshold
_SELDOM = 10  # labels between two adjustments, as long as accepted ones are right
_SURE = 0.5  # the lowest threshold on a verifier's probability

State = Literal["cold", "learned", "closed"]


class Label(msgspec.Struct, frozen=True, array_like=True):
    """The outcome for a pair of texts, once the answers to both were compared."""

    figures: tuple[float, ...]  # of caching.semantic.features; the first is the cosine
    alike: bool  # whether verification found no difference
    right: bool  # whether the answers agreed


class _Scored(NamedTuple):
    score: float
    right: bool
    label: Label


class Evidence(msgspec.Struct, frozen=True, array_like=True):
    """What a threshold has learnt, in serialisable form."""

    state: State
    threshold: float
    verifier: Verifier | None
    labels: tuple[Label, ...]
    lives: int
    first: tuple[int, int]  # the first answers, which are all checked: how many, and how many were wrong
    others: tuple[int, int, int]  # later answers: given, checked, wrong
    told: int  # reported as wrong
    aims: "Aims"

    def fits(self, aims: "Aims") -> bool:
        """Whether it was learnt for the same aims, from as many features as there are now."""
        sizes = {len(each.figures) for each in self.labels}
        if self.verifier is not None:
            sizes.add(len(self.verifier.weights))
        return self.aims == aims and sizes <= {SIZE}


@dataclass(frozen=True, slots=True)
class Aims:
    """The operator's settings. Shares are from 0 to 1."""

    max_wrong: float = 0.02  # the share of wrong answers that is tolerated
    check: float = 0.03  # the share of answers that is checked
    start: float = 0.95  # the cosine threshold before anything is known
    floor: float = 0.85  # the lowest cosine threshold that may be learnt


@dataclass(frozen=True, slots=True)
class Report:
    """The published state: with 95 % confidence, at most the share `bound` of `given` answers was wrong."""

    state: State
    threshold: float  # on the cosine, or on the verifier's probability once there is one
    given: int
    checked: int
    wrong: int  # among the checked
    bound: float
    labels: int
    max_wrong: float


class Lesson(NamedTuple):
    """A verifier learnt from labels, with its threshold."""

    verifier: Verifier
    threshold: float
    taken: int  # how many of the labels it would accept
    scored: list[_Scored]  # the labels, each scored by a verifier that was not trained on it


# Runs the first function, which takes a tenth of a second and may run in another thread, then passes its
# result to the second.
Later = Callable[[Callable[[], Lesson | None], Callable[[Lesson | None], None]], None]


def _at_once(work: Callable[[], Lesson | None], then: Callable[[Lesson | None], None]) -> None:
    then(work())


class Acceptance:
    """One team's threshold for one model. Deterministic: random numbers are arguments.

    Below the threshold every candidate yields a free label: the call goes upstream, and both answers can be
    compared. Above it only checked hits yield labels. These are fewer and better than those below, so pooled
    labels make a threshold look worse than it is, never better. The bound covers the answers given since the
    threshold was last closed. `later` may be set to train in another thread.
    """

    def __init__(self, aims: Aims, before: int = 0) -> None:
        """`before`: how many lives this process's threshold has had under other aims."""
        self.aims = aims
        self.threshold = aims.start
        self.verifier: Verifier | None = None
        self.state: State = "cold"
        self._labels: deque[_Scored] = deque(maxlen=_MOST_LABELS)
        self._late: deque[Label] = deque(maxlen=_LATE)  # labels at or above the threshold
        self._drift = Drift()
        self._until_training = ENOUGH
        self._until_look = _SELDOM
        self._seen = 0  # labels, ever
        self.later: Later = _at_once
        self.lives = before
        self._lives_before = 0  # lives in an earlier process
        self._begin()

    def _begin(self) -> None:
        self.lives += 1
        self._first = self._first_wrong = 0  # the first answers, which are all checked
        self._given = self._checked = self._wrong = 0  # later answers
        self._pending = 0  # checks of later answers under way, which count as wrong
        self._told = 0  # answers reported as wrong
        self._before = Count(0)  # the part of these counts from an earlier process

    @property
    def count(self) -> Count:
        """The answers given by this process itself, for the bound over all processes."""
        before = self._before
        return Count(
            self.lives - self._lives_before,
            self._first - before.first,
            self._first_wrong - before.first_wrong,
            self._given - before.given,
            self._wrong + self._pending - before.found,
            self._told - before.told,
            self.aims.check,
        )

    @property
    def evidence(self) -> Evidence:
        """What it has learnt, to be saved. Checks under way count as failed: their outcome would be lost."""
        return Evidence(
            self.state,
            self.threshold,
            self.verifier,
            tuple(each.label for each in self._labels),
            self.lives,
            (self._first, self._first_wrong),
            (self._given, self._checked + self._pending, self._wrong + self._pending),
            self._told,
            self.aims,
        )

    @classmethod
    def restored(cls, aims: Aims, known: Evidence) -> "Acceptance":
        """A threshold that continues from this evidence and its counts; a new one if that does not fit."""
        found = cls(aims)
        if not known.fits(aims):
            return found
        found.verifier, found.lives = known.verifier, known.lives
        found._rescore(known.labels)
        found._set(known.threshold, known.state)
        found._first, found._first_wrong = known.first
        found._given, found._checked, found._wrong = known.others
        found._told = known.told
        found._before, found._lives_before = found.count, known.lives - 1
        return found

    def accepts(self, figures: Sequence[float], alike: bool) -> bool:
        """Whether the answer may be served."""
        return self._score(figures, alike) >= self.threshold

    @property
    def gives(self) -> bool:
        """Whether it accepts anything at all."""
        return self.threshold < CLOSED

    def give(self, chance: float) -> int:
        """Count an answer that is served. `chance` is uniform from 0 to 1.

        Returns 0 if it need not be checked; else a ticket, to be passed to `checked` with the outcome.
        """
        if self._first < FIRST:
            self._first += 1
            self._first_wrong += 1  # until it is checked
            return -self.lives
        self._given += 1
        if chance >= self.aims.check:
            return 0
        self._pending += 1
        return self.lives

    def checked(self, ticket: int, label: Label | None) -> None:
        """Count a check's outcome; None: it could not be made, and the answer counts as wrong."""
        right = label is not None and label.right
        if ticket == -self.lives:
            self._first_wrong -= right
        elif ticket == self.lives:
            self._pending -= 1
            self._checked += 1
            self._wrong += not right
        if label is not None:
            self.learn(label)

    def complain(self, label: Label) -> None:
        """Count a served answer that was reported as wrong."""
        self._told += 1
        self.learn(label)

    def learn(self, label: Label) -> None:
        """Record a label, and adjust the threshold if it is time."""
        scored = self._scored(label)
        self._labels.append(scored)
        score = scored.score
        self._seen += 1
        self._until_training -= 1
        self._until_look -= 1
        if self._surprises(score, label):
            self._close()
        elif self._until_training <= 0:
            self._train()
        elif self._until_look <= 0 or (score >= self.threshold and not label.right):
            self._look()

    def _surprises(self, score: float, label: Label) -> bool:
        """Whether the latest labels are worse than `max_wrong` allows, or than such pairs were before.

        Free labels count too: they show a change sooner than the few checks.
        """
        if score >= self.threshold:
            self._late.append(label)
        change = self._drift.see(score, label.right)
        if label.right or self.state == "closed":
            return False
        return change or _startling(self._late, self.aims.max_wrong)

    def _close(self) -> None:
        """What was learnt no longer holds: close, and begin a new life with only the latest labels."""
        late = [each.label for each in self._labels][-_LATE:]
        self._late.clear()
        self.verifier, self.state, self.threshold = None, "closed", CLOSED
        self._rescore(late)
        self._until_training = ENOUGH
        self._begin()

    def _look(self) -> None:
        """Set the lowest threshold that the labels support. If there is none, drop the verifier; without one,
        close, unless it is still cold and not known to be bad.
        """
        self._until_look = _SELDOM
        scores = [(each.score, each.right) for each in self._labels]
        found = lowest(scores, self.aims.max_wrong, self.aims.floor if self.verifier is None else _SURE)
        if found is not None:
            self._set(found, "cold" if self.verifier is None else "learned")
        elif self.verifier is not None:
            self.verifier = None
            self._rescore([each.label for each in self._labels])
            self._look()
        elif self.state != "cold" or self.threshold != self.aims.start or self._is_bad(scores):
            self._set(CLOSED, "closed")

    def _set(self, threshold: float, state: State) -> None:
        self.threshold, self.state = threshold, state

    def _is_bad(self, scores: Sequence[tuple[float, bool]]) -> bool:
        """Whether the labels above the starting threshold are worse than `max_wrong`."""
        seen = [right for score, right in scores if score >= self.threshold]
        wrong = len(seen) - sum(seen)
        return wrong >= 2 and wrong > len(seen) * self.aims.max_wrong

    def _train(self) -> None:
        """Train a verifier, to be used if it accepts more labels than the cosine does."""
        labels = [each.label for each in self._labels]
        self._until_training = max(ENOUGH, min(len(labels), _MOST_LABELS // 2))
        most, life, seen = self.aims.max_wrong, self.lives, self._seen
        self.later(lambda: study(labels, most), lambda lesson: self._take(lesson, life, seen))

    def _take(self, lesson: Lesson | None, life: int, seen: int) -> None:
        """Apply the result of a training that began in this life, after `seen` labels."""
        if life != self.lives:
            return  # its labels no longer hold
        labels = [each.label for each in self._labels]
        self.verifier = None
        self._rescore(labels)
        self._look()
        now = sum(each.score >= self.threshold for each in self._labels)
        if lesson is None or lesson.taken <= now:
            return
        self.verifier = lesson.verifier
        self._set(lesson.threshold, "learned")
        late = labels[len(labels) - (self._seen - seen) :]
        scored = [*lesson.scored, *map(self._scored, late)]
        self._labels = deque(scored, maxlen=_MOST_LABELS)
        self._drift = Drift([(each.score, each.right) for each in scored])

    def _rescore(self, labels: Sequence[Label]) -> None:
        self._labels = deque(map(self._scored, labels), maxlen=_MOST_LABELS)
        self._drift = Drift([(each.score, each.right) for each in self._labels])

    def _scored(self, label: Label) -> _Scored:
        return _Scored(self._score(label.figures, label.alike), label.right, label)

    def _score(self, figures: Sequence[float], alike: bool) -> float:
        if self.verifier is not None:
            return self.verifier.sure(figures) if figures[0] >= self.aims.floor else 0.0
        return figures[0] if alike else 0.0

    @property
    def report(self) -> Report:
        risk = RISK / (self.lives * (self.lives + 1))  # sums to RISK over all lives
        given = self._first + self._given
        most = self._first_wrong + wrong_given(
            self._given, self._wrong + self._pending, self.aims.check, risk
        )
        bound = min(1.0, max(most, self._told) / given) if given else 1.0
        wrong = self._first_wrong + self._wrong
        checked = self._first + self._checked
        return Report(
            self.state, self.threshold, given, checked, wrong, bound, len(self._labels), self.aims.max_wrong
        )


def _startling(late: Collection[Label], usual: float) -> bool:
    wrong = sum(not each.right for each in late)
    return wrong >= 2 and 1 - at_most(wrong - 1, len(late), usual) < _STARTLING


def study(labels: Sequence[Label], max_wrong: float) -> Lesson | None:
    """Train a verifier on these labels; None if there are too few, or they support no threshold."""
    whole = _trained(labels)
    halves = _trained(labels[1::2]), _trained(labels[::2])  # two-fold: each half is scored by the other's
    if whole is None or halves[0] is None or halves[1] is None:
        return None
    sure = halves[0].sure, halves[1].sure
    scored = [_Scored(sure[place % 2](each.figures), each.right, each) for place, each in enumerate(labels)]
    found = lowest([(each.score, each.right) for each in scored], max_wrong, _SURE)
    if found is None:
        return None
    return Lesson(whole, found, sum(each.score >= found for each in scored), scored)


def _trained(labels: Sequence[Label]) -> Verifier | None:
    return train([each.figures for each in labels], [each.right for each in labels])


def lowest(scores: Iterable[tuple[float, bool]], max_wrong: float, floor: float) -> float | None:
    """The lowest threshold from which on significantly less than `max_wrong` is wrong; None if there is none.

    Significantly: if the share `max_wrong` were wrong, so few wrong ones would be seen with a probability of
    at most `RISK`.
    """
    steps: dict[int, list[int]] = {}  # right ones and wrong ones
    for score, right in scores:
        if score >= floor:
            place = int(score / _STEP)
            step = steps.get(place)
            if step is None:
                step = steps[place] = [0, 0]
            step[not right] += 1
    found: float | None = None
    seen = wrong = 0
    falling: list[tuple[int, int, int]] = []
    for place in sorted(steps, reverse=True):
        good, bad = steps[place]
        seen, wrong = seen + good + bad, wrong + bad
        falling.append((place, seen, wrong))
    for place, seen, wrong in reversed(falling):
        if wrong < seen * max_wrong and at_most(wrong, seen, max_wrong) <= RISK:
            found = max(place * _STEP, floor)
            break
    return found
