"""Compares the ledger with a vendor's export, by day and model."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ledger.exports import Billed, plain
from ledger.reports import ReportRow
from ledger.span import iso


class Line(NamedTuple):
    """One figure of one model on one day, by the vendor and by the ledger."""

    day: str
    model: str
    what: str  # input_tokens, output_tokens, cost_nano
    vendor: int
    ledger: int

    @property
    def difference(self) -> int:
        """Ledger minus vendor."""
        return self.ledger - self.vendor


FIGURES = ("input_tokens", "output_tokens", "cost_nano")


def lines(billed: Iterable[Billed], kept: Sequence[ReportRow]) -> list[Line]:
    """The export's figures for every day and model that either side has, sorted by day, then model.

    `kept` is the ledger's report by day and model. If the export names no models, only days are compared.
    """
    theirs: dict[tuple[str, str, str], int] = {}
    figures, named = set(), False
    for line in billed:
        named = named or bool(line.model)
        for what in FIGURES:
            value = getattr(line, what)
            if value is not None:
                figures.add(what)
                place = line.day, line.model, what
                theirs[place] = theirs.get(place, 0) + value
    ours: dict[tuple[str, str, str], int] = {}
    for row in kept:
        day = iso(row.start_ms or 0)[:10]
        model = plain(row.group["model"]) if named else ""
        for what in figures:
            value = getattr(row.counts, what)
            if value:
                ours[day, model, what] = ours.get((day, model, what), 0) + value
    return [Line(*place, theirs.get(place, 0), ours.get(place, 0)) for place in sorted({*theirs, *ours})]


def differing(found: Iterable[Line], tolerance: float) -> list[Line]:
    """The lines that differ by more than `tolerance` percent of the vendor's figure."""
    return [line for line in found if abs(line.difference) * 100 > tolerance * abs(line.vendor)]


def span(billed: Sequence[Billed]) -> tuple[str, str] | None:
    """The first and last day of an export; None if it is empty."""
    days = sorted({line.day for line in billed})
    return (days[0], days[-1]) if days else None
