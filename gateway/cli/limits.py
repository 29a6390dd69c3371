"""`signalbox limits`: what a team has used of its limits and budgets, according to the ledger."""

import os
from typing import Annotated

import typer

from config.catalog import Catalog
from config.defaults import default_catalog
from config.discover import discover
from config.errors import ConfigError
from config.kinds import VendorKind
from config.limit import SPEND, Limit
from config.limiting import KINDS
from config.load import load_file
from gateway.admin.limits import LimitAnswer, limit_answer
from gateway.cli.failure import fail
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.places import Where, chosen_file
from gateway.cli.store import clock, read_ledger
from gateway.cli.strangers import refuse_strangers
from gateway.cli.tables import day, print_json, print_table
from ledger.keybook import limits_of_keys
from ledger.meters.history import history
from ledger.meters.meter import Meter
from ledger.meters.registry import MeterId, Owner
from ledger.money import format_dollars
from storage.engine import Database

app = typer.Typer(help="Show the usage of limits and budgets.", no_args_is_help=True)

_WIDTH = 20  # characters of a bar


@app.callback()
def limits() -> None:
    """Show the usage of limits and budgets."""


@app.command()
def show(
    team: Annotated[str, typer.Argument(metavar="TEAM", help="The team's name.")],
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Show a team's limits, those of its organisation, users and keys, with their usage."""
    where = Where(config, state, database, json)
    file = chosen_file(where.config)
    kinds = discover("gateway.vendors", "VENDOR", VendorKind)
    try:
        loaded = default_catalog(kinds, os.environ) if file is None else load_file(file, kinds, os.environ)
    except ConfigError as error:
        fail(str(error), as_json=json)
    answers = read_ledger(lambda ledger: _answers(ledger, loaded.catalog, team), where)
    if not answers:
        refuse_strangers([team], where, loaded.catalog.teams)
    if json:
        print_json(answers)
    elif not answers:
        typer.echo(f"Nothing limits the team {team}.")
    else:
        print_table(
            ("WHOSE", "WHAT", "", "USED", "OF", "BEGINS AGAIN", "REACHED"),
            [_row(answer) for answer in answers],
        )


async def _answers(ledger: Database, catalog: Catalog, team: str) -> list[LimitAnswer]:
    facts = catalog.teams.get(team)
    found: list[tuple[Owner, Limit]] = []
    if facts is not None:
        above = catalog.organisations.get(facts.organisation, ())
        found += [(Owner("organisation", facts.organisation), limit) for limit in above]
        found += [(Owner("team", team), limit) for limit in facts.limits]
        for user, theirs in facts.users.items():
            found += [(Owner.of_user(team, user), limit) for limit in theirs]
    for key, own in await limits_of_keys(ledger, team):
        found += [(Owner("key", key), limit) for limit in own]
    return [await _answer(ledger, owner, limit) for owner, limit in found]


async def _answer(ledger: Database, owner: Owner, limit: Limit) -> LimitAnswer:
    now = int(clock() * 1000)
    meter = Meter(limit, now)
    name = MeterId(owner, limit.kind, limit.per, limit.models, limit.zone)
    meter.restore(await history(ledger, name, meter, KINDS[limit.kind], now), now)
    return limit_answer(name, meter, now)


def _row(answer: LimitAnswer) -> tuple[str, ...]:
    share = min(1.0, answer.used / answer.amount)
    filled = round(share * _WIDTH)
    per = "" if answer.per == "once" else f" a {answer.per}"
    what = f"{answer.kind}{per if answer.per != 'total' else ' in total'}"
    if answer.models is not None:
        what += f" for {', '.join(answer.models)}"
    amounts = (answer.used, answer.amount)
    used, most = (format_dollars(each) if answer.kind == SPEND else f"{each:,}" for each in amounts)
    bar = "█" * filled + "░" * (_WIDTH - filled)
    return (
        f"{answer.level} {answer.owner}",
        what,
        bar,
        used,
        most,
        day(answer.resets_at),
        day(answer.reached_at),
    )
