"""Opening the database for a command, also while a server runs."""

import asyncio
import os
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gateway.cli.failure import CLAIMED, fail, fail_because
from gateway.cli.places import Where, ledger_url
from ledger.accounts import Accounts, open_accounts
from ledger.audit import ACTING
from storage.engine import Database, is_current, open_database
from storage.ready import ensure_schema

AnswerT = TypeVar("AnswerT")

_CHANGE_SECONDS = 10.0  # for one statement of an operation on accounts
_REPORT_SECONDS = 60.0  # for one of a report, which may read millions of rows


def perform(operation: Callable[[Accounts], Awaitable[AnswerT]], where: Where) -> AnswerT:
    """Run one operation on the accounts; on failure say why and exit with 1."""
    try:
        return asyncio.run(_perform(operation, ledger_url(where, os.environ)))
    except CLAIMED as error:
        fail_because(error, as_json=where.as_json)


def read_ledger(operation: Callable[[Database], Awaitable[AnswerT]], where: Where) -> AnswerT:
    """Read from the ledger; on failure say why and exit with 1."""
    try:
        answer = asyncio.run(_read(operation, ledger_url(where, os.environ)))
    except CLAIMED as error:
        fail_because(error, as_json=where.as_json)
    if answer is None:
        said = "This database holds no ledger (yet): start `signalbox serve`, or name another by --database."
        fail(said, as_json=where.as_json, code="not_found")
    return answer


async def _perform(operation: Callable[[Accounts], Awaitable[AnswerT]], url: str) -> AnswerT:
    database = open_database(url, deadline=_CHANGE_SECONDS)
    try:
        await ensure_schema(database)
        ACTING.set(f"command line of {os.environ.get('SUDO_USER') or os.environ.get('USER') or os.getuid()}")
        return await operation(open_accounts(database, clock, secrets.token_bytes))
    finally:
        await database.close()


async def _read(operation: Callable[[Database], Awaitable[AnswerT]], url: str) -> AnswerT | None:
    """None when there are no tables."""
    database = open_database(url, deadline=_REPORT_SECONDS)
    try:
        return await operation(database) if await is_current(database) else None
    finally:
        await database.close()


def clock() -> float:
    """Unix seconds: this is where a command's clock is made."""
    return time.time()  # noqa: TID251 - everything below takes it as an argument
