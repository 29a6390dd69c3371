"""`signalbox erase`: removes everything about a user, also while the gateway runs."""

import asyncio
import os
import secrets
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from config.load import load_setting
from gateway.caching.shared_answers import FILE as ANSWERS
from gateway.cli.failure import CLAIMED, fail_because
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.places import Where, chosen_file, ledger_url
from gateway.cli.store import clock, operator, refuse_missing
from gateway.cli.tables import print_facts, print_table
from gateway.erasing import SETTLE_SECONDS, Places, Receipt, erase
from gateway.state import expected_directory
from ledger.accounts import open_accounts
from ledger.audit import ACTING
from storage.engine import open_database
from storage.ready import ensure_schema

_SECONDS = 600.0  # for one statement, which may read the whole ledger


def erase_command(  # noqa: PLR0913 - a command has as many parameters as options
    user: Annotated[str, typer.Option(help="The user: an id, or TEAM/NAME.")],
    settle: Annotated[
        float, typer.Option(min=0.0, help="Seconds to wait for calls in flight to end.")
    ] = SETTLE_SECONDS,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Erase everything about a user, except what was paid.

    Prints a receipt. It cannot be undone.
    """
    where = Where(config, state, database, json)
    try:
        receipt = asyncio.run(_erase(user, settle, where))
    except CLAIMED as error:
        fail_because(error, as_json=json)
    if json:
        typer.echo(msgspec.json.encode(receipt))
        return
    print_facts(
        [
            ("erased", f"user {receipt.user} of team {receipt.team}, at {receipt.at}"),
            ("called", f"{receipt.alias} from now on"),
            ("left", "; ".join(receipt.left)),
            ("sha256", receipt.sha256),
            ("audit", receipt.audit),
        ]
    )
    typer.echo("")
    rows = [(str(each["where"]), str(each["how"]), str(each["number"])) for each in receipt.done]
    print_table(("WHERE", "HOW", "NUMBER"), rows)


async def _erase(user: str, settle: float, where: Where) -> Receipt:
    home = expected_directory(where.state, os.environ)
    url = ledger_url(where, os.environ, create=False)
    refuse_missing(url, where)
    database = open_database(url, deadline=_SECONDS)
    try:
        await ensure_schema(database)
        ACTING.set(f"command line of {operator(os.environ)}")
        accounts = open_accounts(database, clock, secrets.token_bytes)
        places = Places(accounts, _folder(where, home), home / "router", home / ANSWERS)
        return await erase(places, user, settle)
    finally:
        await database.close()


def _folder(where: Where, home: Path) -> Path:
    """The folder that holds the contents of batch files."""
    file = chosen_file(where.config)
    chosen = load_setting(file, os.environ, "batches", "folder") if file else None
    return Path(chosen).expanduser() if chosen else home / "files"
