"""Opens the database for a command, also while a gateway runs."""

import asyncio
import os
import pwd
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import NoReturn, TypeVar

from config.view import without_password
from gateway.cli.failure import CLAIMED, fail, fail_because
from gateway.cli.places import Where, ledger_url
from ledger.accounts import Accounts, open_accounts
from ledger.audit import ACTING
from storage.engine import Database, is_current, missing_file, open_database
from storage.ready import ensure_schema

AnswerT = TypeVar("AnswerT")

_CHANGE_SECONDS = 10.0  # for one statement on accounts
_REPORT_SECONDS = 60.0  # for one statement of a report, which may read millions of rows


def perform(
    operation: Callable[[Accounts], Awaitable[AnswerT]], where: Where, *, create: bool = False
) -> AnswerT:
    """Runs one operation on the accounts; on failure prints why and exits with 1.

    Only `create` may start an installation: otherwise a mistyped place would become a new, empty one.
    """
    url = ""
    try:
        url = ledger_url(where, os.environ, create=create)
        if not create:
            refuse_missing(url, where)
        return asyncio.run(_perform(operation, url))
    except CLAIMED as error:
        fail_because(error, as_json=where.as_json, database=url)


def read_ledger(operation: Callable[[Database], Awaitable[AnswerT]], where: Where) -> AnswerT:
    """Reads from the ledger; on failure prints why and exits with 1."""
    url = ""
    try:
        url = ledger_url(where, os.environ, create=False)
        refuse_missing(url, where)
        answer = asyncio.run(_read(operation, url))
    except CLAIMED as error:
        fail_because(error, as_json=where.as_json, database=url)
    if answer is None:
        _fail_without_ledger(f"{without_password(url)} holds no ledger (yet)", where)
    return answer


def refuse_missing(url: str, where: Where) -> None:
    """Exits with 1 if the SQLite file does not exist: opening it would create it."""
    path = missing_file(url)
    if path is not None:
        _fail_without_ledger(f"There is no ledger at {path}", where)


def _fail_without_ledger(found: str, where: Where) -> NoReturn:
    hint = "start `signalbox serve`, or name another place by --state or --database"
    fail(f"{found}: {hint}.", as_json=where.as_json, code="not_found")


async def _perform(operation: Callable[[Accounts], Awaitable[AnswerT]], url: str) -> AnswerT:
    database = open_database(url, deadline=_CHANGE_SECONDS)
    try:
        await ensure_schema(database)
        ACTING.set(f"command line of {operator(os.environ)}")
        return await operation(open_accounts(database, clock, secrets.token_bytes))
    finally:
        await database.close()


async def _read(operation: Callable[[Database], Awaitable[AnswerT]], url: str) -> AnswerT | None:
    """The operation's result; None if there are no tables."""
    database = open_database(url, deadline=_REPORT_SECONDS)
    try:
        return await operation(database) if await is_current(database) else None
    finally:
        await database.close()


def operator(environ: Mapping[str, str]) -> str:
    """Who runs a command, for the audit: the user behind sudo, else $USER, else the uid's name or number."""
    said = environ.get("SUDO_USER") or environ.get("USER")
    if said:
        return said
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # as in a container that runs under a numeric user
        return str(os.getuid())


def clock() -> float:
    """Unix seconds; the only place where a command's clock is made."""
    return time.time()  # noqa: TID251 - everything below takes it as an argument
