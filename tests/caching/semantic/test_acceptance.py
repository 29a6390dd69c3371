"""A threshold falls where labels allow it, rises where they do not, and says what is true."""

from typing import Any

import pytest

from caching.semantic.acceptance import CLOSED, FIRST, Acceptance, Aims, Label, lowest
from caching.semantic.features import SIZE
from tests.caching.semantic.streams import Stream

AIMS = Aims(max_wrong=0.02, check=0.05)


def label(cosine: float, *, right: bool = True, alike: bool = True) -> Label:
    return Label((cosine, *[0.5] * (SIZE - 1)), alike, right)


def accepts(acceptance: Acceptance, cosine: float, *, alike: bool = True) -> bool:
    return acceptance.accepts(label(cosine).figures, alike)


def test_at_first_only_what_is_very_near_and_alike_is_given() -> None:
    acceptance = Acceptance(AIMS)
    assert accepts(acceptance, 0.95)
    assert not accepts(acceptance, 0.949)
    assert not accepts(acceptance, 0.99, alike=False)
    assert acceptance.report.bound == 1.0


def test_the_first_hits_are_all_checked_then_few() -> None:
    acceptance = Acceptance(AIMS)
    tickets = [acceptance.give(0.5) for _ in range(FIRST + 10)]
    assert [bool(each) for each in tickets] == [True] * FIRST + [False] * 10
    assert acceptance.give(0.01)
    for ticket in tickets[:FIRST]:
        acceptance.checked(ticket, label(0.97))
    report = acceptance.report
    assert (report.given, report.checked, report.wrong) == (FIRST + 11, FIRST, 0)


def test_a_check_that_could_not_be_made_counts_as_wrong() -> None:
    acceptance = Acceptance(AIMS)
    acceptance.checked(acceptance.give(0.5), None)
    assert (acceptance.report.wrong, acceptance.report.bound) == (1, 1.0)


def test_the_threshold_falls_where_labels_are_right() -> None:
    acceptance = Acceptance(AIMS)
    for number in range(300):
        acceptance.learn(label(0.88 + number % 6 / 100))
    assert accepts(acceptance, 0.885)
    assert not accepts(acceptance, 0.86)


def test_it_does_not_fall_where_one_in_twenty_is_wrong() -> None:
    acceptance = Acceptance(AIMS)
    for number in range(300):
        acceptance.learn(label(0.88, right=number % 20 != 0))
    assert not accepts(acceptance, 0.93)


def test_it_closes_when_what_it_gives_turns_out_wrong_and_opens_again() -> None:
    acceptance = Acceptance(AIMS)
    for _ in range(2):
        acceptance.checked(acceptance.give(0.5), label(0.96, right=False))
    assert (acceptance.threshold, acceptance.report.state) == (CLOSED, "closed")
    assert acceptance.report.given == 0  # a new life, of which nothing is said yet
    for _ in range(200):
        acceptance.learn(label(0.98))
    assert accepts(acceptance, 0.98)
    assert not accepts(acceptance, 0.96)


def test_a_check_of_an_earlier_life_is_a_label_and_no_more() -> None:
    acceptance = Acceptance(AIMS)
    ticket = acceptance.give(0.5)
    for _ in range(2):
        acceptance.checked(acceptance.give(0.5), label(0.96, right=False))
    acceptance.checked(ticket, label(0.96, right=False))
    assert (acceptance.report.given, acceptance.report.wrong) == (0, 0)


def test_complaints_are_labels_and_the_bound_knows_them() -> None:
    acceptance = Acceptance(Aims(check=1.0, max_wrong=0.5))
    for _ in range(40):
        acceptance.checked(acceptance.give(0.5), label(0.97))
    assert acceptance.report.bound == 0
    acceptance.complain(label(0.97, right=False))
    assert acceptance.report.bound == pytest.approx(1 / 40)


def test_the_lowest_threshold_needs_certainty() -> None:
    assert lowest([(0.9, True)] * 100, 0.02, 0.85) is None
    assert lowest([(0.9, True)] * 160, 0.02, 0.85) == pytest.approx(0.9, abs=0.006)
    mixed = [(0.97, True)] * 160 + [(0.9, False)] * 3
    assert lowest(mixed, 0.02, 0.85) == pytest.approx(0.97, abs=0.006)


class Aside:
    """Learns when it is told to."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Any, Any]] = []

    def __call__(self, work: Any, then: Any) -> None:
        self.waiting.append((work, then))

    def learn(self) -> None:
        work, then = self.waiting.pop()
        then(work())


def telling(number: int) -> Label:
    """A pair of which its second figure tells all, and its cosine nothing."""
    good = number % 4 < 2
    return Label((0.88, float(good), *[0.5] * (SIZE - 2)), False, good)


def test_what_is_learnt_elsewhere_counts_when_it_is_there_with_the_labels_since() -> None:
    acceptance, aside = Acceptance(AIMS), Aside()
    acceptance.later = aside
    for number in range(450):
        acceptance.learn(telling(number))
    assert (acceptance.state, len(aside.waiting)) == ("cold", 2)
    aside.learn()
    assert acceptance.state == "learned"
    assert acceptance.accepts(telling(0).figures, False)
    assert not acceptance.accepts(telling(2).figures, False)
    assert acceptance.report.labels == 450
    assert len(acceptance.evidence.labels) == 450


def test_what_was_learnt_before_a_change_is_not_believed_after_it() -> None:
    acceptance, aside = Acceptance(AIMS), Aside()
    acceptance.later = aside
    for number in range(450):
        acceptance.learn(telling(number))
    for _ in range(2):
        acceptance.checked(acceptance.give(0.5), label(0.96, right=False))
    assert acceptance.state == "closed"
    aside.learn()
    assert (acceptance.state, acceptance.verifier) == ("closed", None)


def shifts(count: int) -> list[Stream]:
    streams = [Stream(seed) for seed in range(count)]
    for each in streams:
        each.run()
    return streams


def judge(streams: list[Stream]) -> None:
    assert sum(each.held for each in streams) >= 0.95 * len(streams)
    given = sum(each.before.given for each in streams)
    assert given > 200 * len(streams)  # it is of some use
    assert sum(each.before.wrong for each in streams) < 0.02 * given
    late = [each.after for each in streams]
    assert sum(each.wrong for each in late) <= 0.02 * sum(each.given for each in late)


def test_a_shift_in_traffic_is_survived() -> None:
    judge(shifts(3))


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_two_hundred_shifts_are_survived() -> None:
    judge(shifts(200))
