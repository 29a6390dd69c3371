"""Formats a report beside that of the preceding period."""

import csv
import sys
from collections.abc import Sequence

import msgspec
import typer

from gateway.cli.tables import print_table
from ledger.comparing import Compared
from ledger.money import decimal_dollars, format_dollars
from ledger.reports import Counts, Question

_FIGURES = ("requests", "input_tokens", "output_tokens")


def print_comparison(question: Question, lines: Sequence[Compared], *, json: bool, as_csv: bool) -> None:
    """Prints the comparison as a table, as CSV or as JSON."""
    if json:
        rows = [
            {
                "group": line.group,
                "now": _shown(line.now),
                "before": _shown(line.before),
                "change": line.change,
            }
            for line in lines
        ]
        typer.echo(msgspec.json.encode(rows))
    elif as_csv:
        names = [*_FIGURES, "cost_usd"]
        header = [*question.names, *names, *(f"{name}_before" for name in names)]
        rows_ = [
            [*line.group.values(), *_shown(line.now).values(), *_shown(line.before).values()]
            for line in lines
        ]
        csv.writer(sys.stdout, lineterminator="\n").writerows([header, *rows_])
    else:
        heads = [name.upper() for name in question.names]
        print_table(
            [*heads, "REQUESTS", "BEFORE", "COST", "BEFORE", "CHANGE"], [_row(line) for line in lines]
        )


def _shown(counts: Counts) -> dict[str, int | str]:
    figures: dict[str, int | str] = {name: getattr(counts, name) for name in _FIGURES}
    return figures | {"cost_usd": decimal_dollars(counts.cost_nano)}


def _row(line: Compared) -> list[str]:
    change = "new" if line.change is None else f"{line.change:+.1f}%"
    requests = (f"{counts.requests:,}" for counts in (line.now, line.before))
    costs = (format_dollars(counts.cost_nano) for counts in (line.now, line.before))
    return [*(value or "-" for value in line.group.values()), *requests, *costs, change]
