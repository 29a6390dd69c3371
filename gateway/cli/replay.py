"""`signalbox replay`: runs recorded calls through another configuration, before it is deployed."""

import json as jsonlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from gateway.cli.failure import fail
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.places import Where
from gateway.cli.route import load_configuration
from gateway.cli.store import clock, read_ledger
from gateway.cli.tables import print_table
from gateway.routing.offline import deployment_of
from gateway.routing.replaying import MOST_CALLS, Replayed, Sum, as_document, replay
from ledger.money import format_dollars
from ledger.reports import recorded
from ledger.span import moment


def replay_command(  # noqa: PLR0913 - a command has as many parameters as options
    since: Annotated[str, typer.Option(help="24h, 7d, a date, or a moment in ISO 8601.")] = "7d",
    until: Annotated[str, typer.Option(help="The end (exclusive), in the same form.")] = "now",
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Run recorded calls through a configuration and show what changes: targets, cost, refusals, time.

    What is not recorded cannot be replayed: sessions, needs such as tools or images, and callers' wishes.
    How targets did comes from the same rows.
    """
    try:
        now_ms = int(clock() * 1000)
        begin, end = moment(since, now_ms), moment(until, now_ms)
    except ValueError as error:
        fail(f"{error}.", as_json=json)
    loaded = load_configuration(config, as_json=json)
    try:
        deployment = deployment_of(loaded.catalog, datetime.fromtimestamp(now_ms / 1000, UTC))
    except (ValueError, OSError) as error:
        fail(f"{loaded.catalog.source}: {error}.", as_json=json, code="invalid_configuration")
    rows = read_ledger(
        lambda opened: recorded(opened, begin, end, MOST_CALLS), Where(config, state, database, json)
    )
    if not rows:
        fail(f"No call is recorded since {since}.", as_json=json, code="not_found")
    found = replay(rows, deployment)
    if json:
        typer.echo(jsonlib.dumps(as_document(found), indent=2))
    else:
        _print(found, whole=len(rows) < MOST_CALLS)


def _print(found: Replayed, *, whole: bool) -> None:
    numbers = ("CALLS BEFORE", "AFTER", "COST BEFORE", "AFTER")
    rows = [_cells(name, before, after) for name, before, after in found.targets()]
    total = _cells("all", found.before, found.after)
    print_table(("TARGET", *numbers), rows, total, right=numbers, ids=False)
    for line in _notes(found, whole):
        typer.echo(line)


def _cells(name: str, before: Sum, after: Sum) -> Sequence[str]:
    return (name, f"{before.calls:,}", f"{after.calls:,}", *_money(before.cost, after.cost))


def _money(before: float, after: float) -> tuple[str, str]:
    return format_dollars(round(before)), format_dollars(round(after))


def _notes(found: Replayed, whole: bool) -> Sequence[str]:
    before, after = found.before, found.after
    said = [f"{found.moved:,} of {found.calls:,} calls would be answered by another target."]
    if before.refused or after.refused:
        said.append(f"Refused: {before.refused:,} before, {after.refused:,} after.")
    said += [f"  {count:,} × {code}: {message}" for (code, message), count in found.refusals.most_common(5)]
    if before.timed and after.timed:
        said.append(
            f"Time to an answer: {before.mean_ms:,.0f} ms before, about {after.mean_ms:,.0f} ms after, "
            "as far as targets were measured."
        )
    if found.unpriced:
        said.append(f"{found.unpriced:,} calls would go to a target without a known price: counted as free.")
    if not whole:
        said.append(f"Only the first {MOST_CALLS:,} rows were read: name a shorter time for the others.")
    return said
