"""A report side by side with that of the preceding period."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ledger.reports import Counts, Question, ReportRow
from ledger.statements import HOUR_MS

_NOTHING = Counts()


class Compared(NamedTuple):
    """One group's counts in both periods; zeros if a period lacks it."""

    group: dict[str, str]
    now: Counts
    before: Counts

    @property
    def change(self) -> float | None:
        """The growth of the cost in percent; None if it was zero before."""
        earlier = self.before.cost_nano
        return (self.now.cost_nano - earlier) * 100 / earlier if earlier else None


def earlier(question: Question) -> Question:
    """The same question about the preceding period, in whole hours as reports use, without overlap.

    Raises ValueError if the report is grouped by time.
    """
    if question.bucket:
        raise ValueError(
            f"--compare sets whole stretches of time side by side; leave out --by {question.bucket}"
        )
    since, until = question.since // HOUR_MS * HOUR_MS, -(-question.until // HOUR_MS) * HOUR_MS
    return replace(question, since=2 * since - until, until=since)


def compared(now: Sequence[ReportRow], before: Sequence[ReportRow]) -> list[Compared]:
    """The lines of both reports, sorted by the change in cost, largest first."""
    older = {tuple(row.group.values()): row for row in before}
    found = []
    for row in now:
        old = older.pop(tuple(row.group.values()), None)
        found.append(Compared(row.group, row.counts, old.counts if old is not None else _NOTHING))
    found += [Compared(row.group, _NOTHING, row.counts) for row in older.values()]
    return sorted(found, key=lambda line: -abs(line.now.cost_nano - line.before.cost_nano))
