"""`signalbox batches`: lists, shows and cancels batches, also while the gateway runs."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer

from gateway.batching.shapes import batch_object, encoded
from gateway.cli.failure import fail
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.places import Where
from gateway.cli.store import clock, read_ledger
from gateway.cli.tables import day, has_room, print_facts, print_table
from ledger.batches import Batch, Batches

app = typer.Typer(help="List, show and cancel batches that the gateway runs.", no_args_is_help=True)

BatchArgument = Annotated[str, typer.Argument(metavar="BATCH", help="The batch's id.")]
AnswerT = TypeVar("AnswerT")
_BAR = 20  # characters


@app.command("list")
def list_(  # noqa: PLR0913 - a command has as many parameters as options
    team: Annotated[str | None, typer.Option("--team", help="Only of this team.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many of the newest.")] = 20,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """List batches, newest first, with how far they are."""
    where = Where(config, state, database, json)
    found, more = _asked(lambda batches: batches.list(team, limit=limit), where)
    if json:
        _print_json([batch_object(batch) for batch in found])
        return
    columns = ["ID", "TEAM", "ENDPOINT", "STATUS", "DONE", "MADE"]
    rows = [
        [each.id, each.team, each.endpoint, each.status, done_text(each), day(each.created_ms // 1000)]
        for each in found
    ]
    barred = [[*row, _bar(batch)] for row, batch in zip(rows, found, strict=True)]
    wide = has_room([*columns, "SO FAR"], barred)
    print_table([*columns, "SO FAR"] if wide else columns, barred if wide else rows)
    if more:
        typer.echo(f"There are more; --limit {limit * 10} shows them.")


@app.command()
def show(
    batch: BatchArgument,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Show one batch."""
    where = Where(config, state, database, json)
    _print(_there(_asked(lambda batches: batches.get(batch), where), batch, json), json)


@app.command()
def cancel(
    batch: BatchArgument,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Cancel a batch; answers so far are kept. Running gateways follow within seconds."""

    async def cancelled(batches: Batches) -> tuple[bool, Batch | None]:
        return await batches.cancel(batch), await batches.get(batch)

    stopped, now = _asked(cancelled, Where(config, state, database, json))
    found = _there(now, batch, json)
    if not stopped and found.status not in ("cancelling", "cancelled"):
        fail(f"Batch {batch} is {found.status}; only one that is running can be cancelled.", as_json=json)
    _print(found, json)


def done_text(batch: Batch) -> str:
    """How many lines are done, of how many, and how many of them failed."""
    if not batch.total:
        return "-"
    failed = f", {batch.failed:,} failed" if batch.failed else ""
    return f"{batch.completed + batch.failed:,} of {batch.total:,}{failed}"


def _bar(batch: Batch) -> str:
    done = round(_BAR * (batch.completed + batch.failed) / (batch.total or 1))
    return f"{'━' * done}{'┄' * (_BAR - done)}"


def _asked(operation: Callable[[Batches], Awaitable[AnswerT]], where: Where) -> AnswerT:
    # In a list, because an operation's None differs from a missing ledger.
    async def asked(database: Any) -> list[AnswerT]:
        return [await operation(Batches(database, clock))]

    return read_ledger(asked, where)[0]


def _there(batch: Batch | None, name: str, json: bool) -> Batch:
    if batch is None:
        said = f"There is no batch {name!r} here; `signalbox batches list` shows those that there are."
        fail(said, as_json=json, code="not_found")
    return batch


def _print(batch: Batch, json: bool) -> None:
    if json:
        _print_json(batch_object(batch))
        return
    told = batch_object(batch)
    mistakes = told["errors"]["data"] if told["errors"] else []
    facts = [
        ("id", batch.id),
        ("team", batch.team),
        ("key", batch.key_id),
        ("endpoint", batch.endpoint),
        ("status", batch.status),
        ("done", done_text(batch)),
        ("input", batch.input_file_id),
        ("output", batch.output_file_id or "-"),
        ("errors", batch.error_file_id or "-"),
        ("made", day(batch.created_ms // 1000)),
        ("expires", day(batch.expires_ms // 1000)),
        *(("mistake", f"line {each['line'] or '-'}: {each['message']}") for each in mistakes),
    ]
    print_facts(facts)
    if batch.total and batch.at_work:
        typer.echo(_bar(batch))


def _print_json(told: Any) -> None:
    typer.echo(encoded(told).decode())
