"""The CPU cost of a function in one process, relative to a loop that never changes."""

import time
from collections.abc import Callable, Iterable, Mapping
from statistics import median
from typing import NamedTuple, TypeVar

_T = TypeVar("_T")
ROUNDS = 9
_FLOOR = 2_000  # iterations of the loop


class Cost(NamedTuple):
    """CPU microseconds of one call: the best round's, the median round's, and the latter as a ratio.

    1 is the cost of the loop in the same round, so that a ratio has the same meaning on a busy machine.
    """

    best: float
    usual: float
    ratio: float


def reference() -> int:
    """About 100 microseconds of plain Python: sums, a list, a dict and a call, as in most code."""
    seen: dict[int, int] = {}
    kept: list[int] = []
    for step in range(_FLOOR // 4):
        seen[step & 63] = _mixed(step)
        kept.append(seen[step & 31])
    return len(kept)


def _mixed(step: int) -> int:
    return step * 2654435761 & 0xFFFF


def costs(cases: Mapping[str, Callable[[], object]], calls: int = 2_000) -> dict[str, Cost]:
    """Runs each case after the loop in every round; returns the costs by case."""
    for case in cases.values():
        _microseconds(case, calls // 4)
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, case in cases.items():
            floor = _microseconds(reference, 20)
            taken[name].append((_microseconds(case, calls), floor))
    return {name: _cost(rounds) for name, rounds in taken.items()}


def each(case: Callable[[_T], object], over: Iterable[_T]) -> list[float]:
    """CPU microseconds of each single call, in ascending order."""
    taken = []
    for value in over:
        began = time.thread_time_ns()
        case(value)
        taken.append((time.thread_time_ns() - began) / 1000)
    return sorted(taken)


def floor() -> float:
    """CPU microseconds that the loop takes now."""
    return median(_microseconds(reference, 20) for _ in range(ROUNDS))


def _microseconds(case: Callable[[], object], calls: int) -> float:
    began = time.thread_time_ns()
    for _ in range(calls):
        case()
    return (time.thread_time_ns() - began) / 1000 / calls


def _cost(rounds: list[tuple[float, float]]) -> Cost:
    taken = [cost for cost, _ in rounds]
    return Cost(min(taken), median(taken), median(cost / floor for cost, floor in rounds))
