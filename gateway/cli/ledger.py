"""`signalbox ledger`: compares the ledger with a vendor's export, and charges costs to teams."""

import csv
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from gateway.cli.failure import fail
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.places import Where
from gateway.cli.store import clock, read_ledger
from gateway.cli.tables import print_table
from ledger.exports import Billed, Form, UnreadableExport, read
from ledger.money import decimal_dollars, format_dollars
from ledger.reconciling import Line, differing, lines, span
from ledger.reports import Question, usage
from ledger.span import moment

app = typer.Typer(help="Reconcile with vendors' exports, charge teams.", no_args_is_help=True)

_DAY_MS = 86_400_000
_CHARGED = ("requests", "input_tokens", "output_tokens", "images", "characters", "seconds", "searches")


@app.command()
def reconcile(  # noqa: PLR0913 - a command has as many parameters as options
    export: Annotated[Path, typer.Argument(help="A CSV export of OpenAI or Anthropic: usage or costs.")],
    vendor: Annotated[
        str,
        typer.Option(help="The vendor's name in the configuration; else the export's: openai, anthropic."),
    ] = "",
    tolerance: Annotated[
        float, typer.Option(min=0, max=100, help="Ignore differences of up to so many percent.")
    ] = 0.0,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Compare the ledger with a vendor's export, by day (UTC) and model; exit with 1 if they differ."""
    form, billed = _read(export, json)
    days = span(billed)
    if days is None:
        fail(f"{export} has no line but its header.", as_json=json)
    first, last = (moment(day, 0) for day in days)
    question = Question(("day", "model"), first, last + _DAY_MS, {"vendor": [vendor or form.vendor]})
    kept = read_ledger(lambda ledger: usage(ledger, question), Where(config, state, database, json))
    found = lines(billed, kept)
    differ = differing(found, tolerance)
    if json:
        said = {
            "export": form.title,
            "days": days,
            "lines": len(found),
            "differing": list(map(_shown, differ)),
        }
        typer.echo(msgspec.json.encode(said))
    else:
        _print(form.title, found, differ)
    if differ:
        raise typer.Exit(1)


@app.command()
def chargeback(
    month: Annotated[str, typer.Option(help="As in 2026-11; else the current one.")] = "",
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Print a CSV with each team's usage and cost in a month (UTC), for internal billing."""
    try:
        text = month or datetime.fromtimestamp(clock(), UTC).strftime("%Y-%m")
        begins = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        fail(f"{month!r} is not a month; write it as in 2026-11.", as_json=json)
    ends = begins.replace(year=begins.year + begins.month // 12, month=begins.month % 12 + 1)
    since, until = (int(each.timestamp() * 1000) for each in (begins, ends))
    question = Question(("organisation", "team", "model"), since, until)
    found = read_ledger(lambda ledger: usage(ledger, question), Where(config, state, database, json))
    found = sorted(found, key=lambda row: (row.group["organisation"], row.group["team"], row.group["model"]))
    header = ["month", *question.names, *_CHARGED, "cost_usd", "unpriced", "estimated"]
    rows = [
        [
            *(text, *row.group.values(), *(getattr(row.counts, name) for name in _CHARGED)),
            *(decimal_dollars(row.counts.cost_nano), row.counts.unpriced, row.counts.estimated),
        ]
        for row in found
        if row.group["model"]
    ]
    if json:
        typer.echo(msgspec.json.encode([dict(zip(header, row, strict=True)) for row in rows]))
        return
    csv.writer(sys.stdout, lineterminator="\n").writerows([header, *rows])


def _read(export: Path, json: bool) -> tuple[Form, list[Billed]]:
    try:
        with export.open(newline="", encoding="utf-8-sig") as file:
            return read(file)
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{export} cannot be read: {error}.", as_json=json)
    except UnreadableExport as error:
        fail(f"{export}, {error}.", as_json=json)


def _print(title: str, found: list[Line], differ: list[Line]) -> None:
    if not differ:
        typer.echo(f"{title} and the ledger agree: {len(found)} figures.")
        return
    rows = [
        (line.day, line.model or "all", line.what.removesuffix("_nano"), *_figures(line)) for line in differ
    ]
    print_table(("DAY", "MODEL", "WHAT", "VENDOR", "LEDGER", "DIFFERENCE"), rows)
    typer.echo(f"{len(differ)} of {len(found)} figures of {title} and the ledger differ.")


def _figures(line: Line) -> tuple[str, str, str]:
    figures = line.vendor, line.ledger, line.difference
    if line.what == "cost_nano":
        theirs, ours, difference = (format_dollars(abs(figure)) for figure in figures)
        return theirs, ours, ("-" if line.difference < 0 else "+") + difference
    return f"{line.vendor:,}", f"{line.ledger:,}", f"{line.difference:+,}"


def _shown(line: Line) -> dict[str, str | int]:
    return line._asdict() | {"difference": line.difference}
