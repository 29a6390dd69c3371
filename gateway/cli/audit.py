"""`signalbox audit`: verifies that the audit log is intact, and exports it."""

import re
from typing import Annotated, Any

import msgspec
import typer

from gateway.cli.failure import fail
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.places import Where
from gateway.cli.store import clock, read_ledger
from ledger.audit import Entry, Verdict, entries, verify
from ledger.span import moment
from storage.engine import Database

_HEAD = re.compile(r"[0-9]+:[0-9a-f]{64}")

app = typer.Typer(help="Verify and export the audit log.", no_args_is_help=True)


@app.command("verify")
def verify_command(  # noqa: PLR0913 - a command has as many parameters as options
    known: Annotated[
        str, typer.Option(help="A head, SEQ:HASH, that an earlier verification printed; it must be there.")
    ] = "",
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Verify the whole chain; exit with 1 if a row was changed, removed or inserted, and name it."""
    if known and not _HEAD.fullmatch(known):
        said = f"--known is {known!r}; write SEQ:HASH as an earlier verification printed it."
        fail(said, as_json=json)
    verdict = read_ledger(lambda ledger: verify(ledger, known), Where(config, state, database, json))
    if json:
        typer.echo(msgspec.json.encode({"whole": not verdict.fault, **msgspec.structs.asdict(verdict)}))
    else:
        typer.echo(_sentence(verdict), err=bool(verdict.fault))
    if verdict.fault:
        raise typer.Exit(1)


@app.command()
def export(  # noqa: PLR0913 - a command has as many parameters as options
    since: Annotated[str, typer.Option(help="24h, 7d, a date, or a moment in ISO 8601; else all.")] = "",
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Print every row, one line of JSON each; with --json one list."""
    try:
        since_ms = moment(since, int(clock() * 1000)) if since else 0
    except ValueError as error:
        fail(f"{error}.", as_json=json)

    async def read(ledger: Database) -> list[dict[str, Any]]:
        return [_shown(entry) async for entry in entries(ledger, since_ms=since_ms)]

    rows = read_ledger(read, Where(config, state, database, json))
    if json:
        typer.echo(msgspec.json.encode(rows))
        return
    for row in rows:
        typer.echo(msgspec.json.encode(row))


def _shown(entry: Entry) -> dict[str, Any]:
    # The details stay the text that was hashed: verifying the export elsewhere needs its exact bytes.
    return msgspec.structs.asdict(entry)


def _sentence(verdict: Verdict) -> str:
    if verdict.fault:
        return f"The audit is not whole: {verdict.fault}. The {verdict.rows} rows before it are as they were."
    return f"The audit log is intact: {verdict.rows} rows. Its head is {verdict.head}; keep a copy elsewhere."
