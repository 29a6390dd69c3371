"""`signalbox usage`: who used what, and what it cost, from the hourly sums."""

import csv
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from gateway.admin.usage import CountsAnswer, LineAnswer, UsageAnswer, filters_of, usage_answer
from gateway.cli.comparison import print_comparison
from gateway.cli.failure import fail
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.places import Where
from gateway.cli.store import clock, read_ledger
from gateway.cli.strangers import refuse_strangers
from gateway.cli.tables import has_room, print_json, print_table, share_bar
from ledger.comparing import compared, earlier
from ledger.money import format_dollars
from ledger.reports import DIMENSIONS, Question, usage
from ledger.span import moment

_NUMBERS = ("REQUESTS", "ERRORS", "IN", "OUT", "COST")
_UNITS = ("images", "characters", "seconds", "searches")
_SUMS = (
    *("requests", "errors", "estimated", "unpriced", "input_tokens", "output_tokens", "cost_usd"),
    *("cached_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "reasoning_tokens"),
    *("input_audio_tokens", "output_audio_tokens", "input_image_tokens", "output_image_tokens"),
    *_UNITS,
    *("cached_audio_tokens", "attempts", "cache_hits", "cost_nano", "saved_nano", "unsure_nano"),
)

ByOption = Annotated[
    list[str] | None,
    typer.Option(
        "--by", help=f"{', '.join(DIMENSIONS)}, tag:NAME, minute, hour or day; may be repeated. Else team."
    ),
]
OnlyOption = Annotated[
    list[str] | None,
    typer.Option("--only", help="Filter, as in model=gpt-4o or tag:app=mail; may be repeated."),
]
TeamOption = Annotated[list[str] | None, typer.Option("--team", help="Only this team; may be repeated.")]


def usage_command(  # noqa: PLR0913 - a command has as many parameters as options
    by: ByOption = None,
    since: Annotated[str, typer.Option(help="24h, 7d, a date, or a moment in ISO 8601.")] = "7d",
    until: Annotated[str, typer.Option(help="The end (exclusive), in the same form.")] = "now",
    team: TeamOption = None,
    only: OnlyOption = None,
    json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Compare with the preceding period of the same length.")
    ] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Show who used what and what it cost."""
    if json and as_csv:
        fail("--json and --csv exclude one another; give one.", as_json=True)
    try:
        now_ms = int(clock() * 1000)
        only_these = filters_of([*(only or ()), *(f"team={name}" for name in team or ())])
        question = Question(tuple(by or ("team",)), moment(since, now_ms), moment(until, now_ms), only_these)
        before = earlier(question) if compare else None
    except ValueError as error:
        fail(f"{error}.", as_json=json)
    where = Where(config, state, database, json)
    lines = read_ledger(lambda opened: usage(opened, question), where)
    if not lines:
        refuse_strangers(question.filters.get("team", ()), where)
    if before is not None:
        known = read_ledger(lambda opened: usage(opened, before), where)
        print_comparison(question, compared(lines, known), json=json, as_csv=as_csv)
        return
    answer = usage_answer(question, lines)
    if json:
        print_json(answer)
    elif as_csv:
        print_csv(answer, question)
    else:
        print_report(answer, question)


def print_csv(answer: UsageAnswer, question: Question) -> None:
    """Prints the report's lines as CSV, without a total, for spreadsheets."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    time = ["start"] if question.bucket else []
    writer.writerow([*time, *question.names, *_SUMS])
    for line in answer.data:
        start = [_iso(line.start_time)] if line.start_time is not None else []
        writer.writerow([*start, *line.group.values(), *(getattr(line, name) for name in _SUMS)])


def print_report(answer: UsageAnswer, question: Question) -> None:
    """Prints a table as wide as the terminal, with bars for the lines' shares of the cost if they fit."""
    if not answer.data:
        span = f"{_iso(answer.start_time)} and {_iso(answer.end_time)}"
        typer.echo(f"Nothing was used between {span}. Rows arrive about a second after their call.")
        return
    names = [*([question.bucket] if question.bucket else []), *question.names]
    whole, dearest = answer.total, max(line.cost_nano for line in answer.data)
    columns = [*map(str.upper, names), *_NUMBERS]
    rows = [[*_labels(line, question), *_figures(line), cost_text(line)] for line in answer.data]
    total = ["total", *[""] * (len(names) - 1), *_figures(whole), cost_text(whole)]
    shares = [share_bar(line.cost_nano, dearest) for line in answer.data]
    barred = [[*row, bar] for row, bar in zip(rows, shares, strict=True)]
    if has_room([*columns, "SHARE"], [*barred, [*total, ""]], ids=False):
        columns, rows, total = [*columns, "SHARE"], barred, [*total, ""]
    print_table(columns, rows, total, right=_NUMBERS, ids=False)
    for note in notes(whole):
        typer.echo(note)


def cost_text(counts: CountsAnswer) -> str:
    """Exact dollars; `~` if some tokens are estimated, `?` if some attempts have no price."""
    return (
        f"{'~' if counts.estimated else ''}{'?' if counts.unpriced else ''}{format_dollars(counts.cost_nano)}"
    )


def notes(whole: CountsAnswer) -> list[str]:
    """Explanations of the marks that occur."""
    said = []
    units = [f"{count:,} {name}" for name in _UNITS if (count := getattr(whole, name))]
    if units:
        said.append(f"beside the tokens: {', '.join(units)}")
    if whole.cache_hits:
        said.append(f"answered from the cache: {whole.cache_hits:,}")
    if whole.saved_nano:
        said.append(f"saved by our cache and the vendors': {format_dollars(whole.saved_nano)}")
    if whole.estimated:
        said.append(
            f"~ attempts whose tokens were counted here, because the vendor told none: {whole.estimated:,}"
        )
    if whole.unsure_nano:
        said.append(f"vendors may bill so much more for those: {format_dollars(whole.unsure_nano)}")
    if whole.unpriced:
        said.append(
            f"? attempts without a known price, which `prices:` in signalbox.yaml sets: {whole.unpriced:,}"
        )
    return said


def _labels(line: LineAnswer, question: Question) -> Sequence[str]:
    time = [] if line.start_time is None else [_short(line.start_time, question.bucket == "day")]
    return [*time, *(value or "-" for value in line.group.values())]


def _figures(counts: CountsAnswer) -> tuple[str, str, str, str]:
    tokens = (counts.requests, counts.errors, counts.input_tokens, counts.output_tokens)
    requests, errors, read, written = (f"{figure:,}" for figure in tokens)
    return requests, errors, read, written


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _short(seconds: int, day: bool) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d" if day else "%Y-%m-%d %H:%M")
