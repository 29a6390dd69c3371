"""The bound over several processes is true whatever they learn from one another, and closer than one."""

import random

import pytest

from caching.semantic.acceptance import RISK, Acceptance, Aims, Label
from caching.semantic.bound import wrong_given
from caching.semantic.features import SIZE
from caching.semantic.pool import Count, Pool, pooled


def test_without_answers_nothing_is_promised() -> None:
    assert pooled([]) == Pool(0, 0, 1.0)
    assert pooled([(1, Count())]) == Pool(1, 0, 1.0)


def test_checks_of_all_processes_speak_for_all_answers() -> None:
    count = Count(given=2000, found=0, share=0.03)
    alone, together = pooled([(1, count)]), pooled([(each, count) for each in range(1, 9)])
    assert together.given == 8 * alone.given
    assert together.bound < alone.bound / 5


def test_it_counts_what_is_wrong_whoever_found_it() -> None:
    counts = [(1, Count(first=20, first_wrong=2)), (2, Count(first=20, given=60, found=3, told=1))]
    assert pooled(counts) == Pool(2, 100, 0.05)  # all others were checked, too
    assert pooled([(1, Count(first=10, told=4))]).bound == 0.4


def test_the_smallest_share_of_checks_holds_for_all() -> None:
    seldom, often = Count(given=1000, share=0.02), Count(given=1000, share=0.5)
    assert pooled([(1, seldom), (2, often)]).bound == pooled([(1, seldom), (2, seldom)]).bound


def test_each_new_life_and_each_process_costs_some_certainty_but_never_much() -> None:
    def bound(*lives: int) -> float:
        each = [(number, Count(life=life, given=500, share=0.05)) for number, life in enumerate(lives, 1)]
        return pooled(each).bound

    assert bound(1, 1) < bound(2, 1) < bound(3, 1)
    many = [(number, Count(given=500, share=0.05)) for number in range(1, 300)]
    assert pooled(many).bound <= wrong_given(299 * 500, 0, 0.05, RISK / 2) / (299 * 500)


def streams_hold(seed: int, processes: int = 3, length: int = 1000) -> bool:
    """Processes that learn each other's labels, late and in one order; is what each publishes always true?"""
    chance = random.Random(seed)
    each = [Acceptance(Aims(check=0.1)) for _ in range(processes)]
    given, wrong = [0] * processes, [0] * processes
    lives = [1] * processes
    said: list[tuple[int, Label]] = []
    heard = [0] * processes
    holds = True
    for place in range(length):
        now = chance.randrange(processes)
        acceptance = each[now]
        if place % 40 == now:
            for teller, label in said[heard[now] :]:
                if teller != now:
                    acceptance.learn(label)
            heard[now] = len(said)
        cosine = 0.9 + 0.1 * chance.random()
        bad = 0.01 if place < length // 2 else 0.25
        label = Label((cosine, *[0.5] * (SIZE - 1)), True, chance.random() >= bad)
        if acceptance.accepts(label.figures, label.alike):
            ticket = acceptance.give(chance.random())
            given[now], wrong[now] = given[now] + 1, wrong[now] + (not label.right)
            if ticket:
                acceptance.checked(ticket, label)
                said.append((now, label))
        else:
            acceptance.learn(label)
            said.append((now, label))
        for number, one in enumerate(each):
            if one.lives != lives[number]:
                lives[number], given[number], wrong[number] = one.lives, 0, 0
        if place % 25 == 0 and sum(given):
            found = pooled([(number, one.count) for number, one in enumerate(each, 1)])
            assert found.given == sum(given)
            holds &= sum(wrong) / sum(given) <= found.bound
    return holds


@pytest.mark.parametrize("count", [2, pytest.param(200, marks=pytest.mark.soak)], ids=["few", "many"])
@pytest.mark.timeout(900)
def test_what_is_published_is_true_while_all_learn_from_all(count: int) -> None:
    assert sum(map(streams_hold, range(count))) >= 0.95 * count


def test_who_goes_on_where_another_process_ended_counts_only_its_own() -> None:
    aims, label = Aims(check=1.0), Label((0.97, *[0.5] * (SIZE - 1)), True, True)
    one = Acceptance(aims)
    for _ in range(30):
        one.checked(one.give(0.5), label)
    other = Acceptance.restored(aims, one.evidence)
    assert (one.count.first, one.count.given, one.count.life) == (20, 10, 1)
    assert other.count == Count(share=1.0)
    other.checked(other.give(0.5), Label(label.figures, True, right=False))
    assert (other.count.first, other.count.given, other.count.found) == (0, 1, 1)
    assert other.report.given == 31
