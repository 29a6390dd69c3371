"""What every command on accounts shares: opening the database, the options for it, saying what failed."""

import asyncio
import os
import secrets
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer

from gateway.state import database_url, state_directory
from ledger.accounts import Accounts, open_accounts
from ledger.entities import AccountError
from storage.engine import UnknownDatabase, open_database
from storage.errors import StoreError
from storage.ready import ensure_schema

AnswerT = TypeVar("AnswerT")

StateOption = Annotated[
    Path | None,
    typer.Option("--state", help="State directory; else SIGNALBOX_STATE, else ~/.local/share/signalbox."),
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database", envvar="SIGNALBOX_DATABASE", help="Database URL; else SQLite in the state directory."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
TagOption = Annotated[list[str] | None, typer.Option("--tag", help="A tag as k=v; may be repeated.")]
ModelsOption = Annotated[
    str | None, typer.Option("--models", help="Allowed models with commas between, as in fast,gpt-4*.")
]


def perform(
    operation: Callable[[Accounts], Awaitable[AnswerT]], state: Path | None, database: str | None
) -> AnswerT:
    """Run one operation on the accounts, also while the server runs; on failure say why and exit with 1."""
    try:
        url = database_url(database, state_directory(state, os.environ))
        return asyncio.run(_perform(operation, url))
    except (AccountError, StoreError, UnknownDatabase, OSError) as error:
        fail(str(error))


async def _perform(operation: Callable[[Accounts], Awaitable[AnswerT]], url: str) -> AnswerT:
    database = open_database(url, deadline=10.0)
    try:
        await ensure_schema(database)
        return await operation(open_accounts(database, clock, secrets.token_bytes))
    finally:
        await database.close()


def clock() -> float:
    """Unix seconds: this is where a command's clock is made."""
    return time.time()  # noqa: TID251 - everything below takes it as an argument


def fail(message: str) -> NoReturn:
    """Say what is wrong on standard error and exit with 1."""
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(1)
