"""Opens the runs' journal for commands, and translates its errors."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
import typer

from agentloop.forking import NotForkable
from agentloop.journal import Damaged, Journal, RunNotFound, RunRecord
from agentloop.steps import IllegalMove
from agentloop.words import Final, NoApproval, TooFast
from gateway.cli.approvers import NotApprover
from gateway.cli.failure import fail
from gateway.cli.places import Where
from gateway.cli.store import clock, read_ledger

AnswerT = TypeVar("AnswerT")

_REFUSALS: dict[type[Exception], str] = {
    NotApprover: "not_allowed",
    RunNotFound: "not_found",
    NoApproval: "not_found",
    NotForkable: "invalid_request",
    Final: "conflict",
    Damaged: "damaged",
    IllegalMove: "conflict",
    TooFast: "unavailable",
}


def asked(operation: Callable[[Journal], Awaitable[AnswerT]], where: Where) -> AnswerT:
    """The result of an operation on the journal; on failure prints why and exits with 1."""

    # In a list, because an operation's None differs from a missing ledger.
    async def ask(database: Any) -> list[AnswerT]:
        return [await operation(Journal(database, clock))]

    try:
        return read_ledger(ask, where)[0]
    except tuple(_REFUSALS) as error:
        fail(str(error), as_json=where.as_json, code=_REFUSALS[type(error)])


def print_document(told: Any) -> None:
    """Prints one JSON document, for programs."""
    typer.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())


def standing(record: RunRecord) -> str:
    """A run's status, with the reason if there is one."""
    return f"{record.status} ({record.reason})" if record.reason else record.status
