"""Counts many similar calls at once, so that most of the counting is a loop in C."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple

from ledger.row import UsageRow

MOST_WAITING = 256  # calls to buffer; reading the metrics counts them first
TOKEN_CLASSES = ("input", "output", "cached_read", "reasoning")

Settled = tuple[tuple[str, str], UsageRow]  # vendor and model label; the attempt
Answered = tuple[tuple[str, str, int], float]  # endpoint, model and status; seconds

_status, _usage, _cost = attrgetter("status"), attrgetter("usage"), attrgetter("cost")
_priced, _first, _queue = attrgetter("priced"), attrgetter("first_ms"), attrgetter("queue_ms")
_classes = tuple(map(attrgetter, TOKEN_CLASSES))


class Use(NamedTuple):
    """The sums over attempts of one kind."""

    outcomes: Counter[str]
    tokens: tuple[int, ...]  # by TOKEN_CLASSES
    cost: int  # nano-dollars
    unpriced: int
    first_seconds: list[float]  # from arrival to the first content, if there was any
    overhead_seconds: list[float]  # from arrival until sent upstream, if it was


def used(settled: Iterable[Settled]) -> Iterator[tuple[tuple[str, str, str], Use]]:
    """Each vendor, model and endpoint, with the sums of its attempts."""
    kinds: defaultdict[tuple[str, str, str], list[UsageRow]] = defaultdict(list)
    for (vendor, label), row in settled:
        kinds[vendor, label, row.endpoint].append(row)
    for kind, rows in kinds.items():
        usages = list(map(_usage, rows))
        yield (
            kind,
            Use(
                Counter(map(_status, rows)),
                tuple(sum(map(each, usages)) for each in _classes),
                sum(map(_cost, rows)),
                len(rows) - sum(map(_priced, rows)),
                [ms / 1000 for ms in map(_first, rows) if ms],
                [ms / 1000 for ms in map(_queue, rows) if ms],
            ),
        )


def took(answers: Iterable[Answered]) -> Iterator[tuple[tuple[str, str, int], list[float]]]:
    """Each kind of request, with the durations of its answers."""
    kinds: defaultdict[tuple[str, str, int], list[float]] = defaultdict(list)
    for labels, seconds in answers:
        kinds[labels].append(seconds)
    return iter(kinds.items())
