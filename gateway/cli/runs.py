"""`signalbox runs`: lists, shows, watches, cancels, forks, explains and replays agent runs."""

import asyncio
import os
import secrets
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from agentloop.agents import AgentVersion
from agentloop.events import BudgetRaised, CancelRequested
from agentloop.explaining import explained
from agentloop.forking import fork
from agentloop.journal import ACTIVE, Damaged, Entry, Journal, RunRecord
from agentloop.replaying import Replayed, replayed
from agentloop.run import Run, replay
from agentloop.words import speak
from config.errors import did_you_mean, quoted
from gateway.agents.fitting import door
from gateway.agents.paging import STATUSES
from gateway.agents.views import event_view, run_view
from gateway.cli.agents import declared
from gateway.cli.failure import fail
from gateway.cli.journals import asked, print_document, standing
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.places import Where
from gateway.cli.strangers import refuse_strangers
from gateway.cli.tables import day, print_facts, print_table

app = typer.Typer(
    help="List, show, watch, cancel, fork, explain and replay agent runs.", no_args_is_help=True
)

BY = "cli"  # who decided, in the journal: whoever may write to the database
DIVERGED = 15  # exit code of a replay that differs from the record
_LOOK_SECONDS = 0.2

RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="The run's id.")]
ForkOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Continue with the agent of this configuration; else with its own."),
]
NewOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Show where the agent of this configuration would first differ."),
]


@app.command("list")
def list_(  # noqa: PLR0913 - a command has as many parameters as options
    team: Annotated[str | None, typer.Option("--team", help="Only of this team.")] = None,
    status: Annotated[str | None, typer.Option("--status", help="Only runs with this status.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many of the newest.")] = 20,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """List runs, newest first."""
    if status is not None and status not in STATUSES:
        near = did_you_mean(status, STATUSES)
        fail(f"--status is {quoted(status)}; allowed: {', '.join(STATUSES)}. {near}".rstrip(), as_json=json)
    where = Where(config, state, database, json)
    found = asked(lambda journal: journal.listed(team, status, limit), where)
    if not found and team is not None:
        refuse_strangers([team], where)
    if json:
        print_document([run_view(record) for record in found])
        return
    rows = [
        (each.id, each.agent, each.team, standing(each), str(each.head), day(each.created_ms // 1000))
        for each in found
    ]
    print_table(("ID", "AGENT", "TEAM", "STATUS", "EVENTS", "BEGUN"), rows)


@app.command()
def show(
    run: RunArgument,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Show a run's status, its output and what it waits for."""
    record, now = asked(lambda journal: _shown(journal, run), Where(config, state, database, json))
    told = run_view(record, now)
    if json:
        print_document(told)
        return
    calls = [("call", f"{each['tool']} {each['arguments']}: {each['state']}") for each in told["tool_calls"]]
    usage = told["usage"]
    print_facts(
        [
            ("id", record.id),
            ("agent", f"{record.agent} {record.digest[:19]}"),
            ("who", f"key {record.key_id}, team {record.team}"),
            ("status", standing(record)),
            ("turn", str(now.turn)),
            *calls,
            ("used", f"{usage['tokens']:,} tokens, ${usage['cost_usd']}, {usage['tool_calls']} tool calls"),
            ("output", told["output"] or "-"),
        ]
    )


@app.command()
def watch(
    run: RunArgument,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Follow a run's journal to its end, one line per event."""

    async def follow(journal: Journal) -> None:
        seen = 0
        while True:
            record = await journal.record(run)
            for entry in await journal.entries(run, seen):
                typer.echo(_line(entry, json))
                seen = entry.seq + 1
            if record.status not in ACTIVE and seen >= record.head:
                return
            await asyncio.sleep(_LOOK_SECONDS)

    try:
        asked(follow, Where(config, state, database, json))
    except KeyboardInterrupt:
        raise typer.Exit(0) from None  # only the watcher ends; the run continues


@app.command("raise")
def raise_(
    run: RunArgument,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Let a run continue that waits at a soft limit, up to its hard one."""
    said = asked(
        lambda journal: speak(
            journal, run, lambda now: [BudgetRaised(now.over.limit if now.over else "none", 0, BY)]
        ),
        Where(config, state, database, json),
    )
    if json:
        print_document(run_view(said))
    else:
        typer.echo(f"Run {run} goes on.")


@app.command()
def cancel(
    run: RunArgument,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Cancel a run; calls in flight are settled first. Gateways follow within a second."""
    said = asked(
        lambda journal: speak(journal, run, lambda now: [CancelRequested(BY)]),
        Where(config, state, database, json),
    )
    if json:
        print_document(run_view(said))
    else:
        typer.echo(f"Run {run} is being cancelled.")


@app.command("fork")
def fork_(  # noqa: PLR0913 - a command has as many parameters as options
    run: RunArgument,
    at: Annotated[int | None, typer.Option("--at", help="Start with its first so many events.")] = None,
    config: ForkOption = None,
    json: JsonOption = False,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Start a new run from another one's conversation, with the same key; nothing is done again."""
    where = Where(config or _usual(), state, database, json)

    async def begin(journal: Journal) -> RunRecord:
        record, entries = await _kept(journal, run)
        new = _version(record, config, as_json=json) if config is not None else None
        events = [entry.event for entry in entries]
        return await journal.create(*fork(f"run_{secrets.token_hex(12)}", record, events, at, new))

    begun = asked(begin, where)
    if json:
        print_document(run_view(begun))
    else:
        typer.echo(f"Run {begun.id} goes on from run {run}.")


@app.command()
def explain(
    run: RunArgument,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Explain why a run did what it did, from its journal alone."""
    record, entries = asked(lambda journal: _kept(journal, run), Where(config, state, database, json))
    told = explained(record, entries)
    if json:
        print_document(told)
        return
    print_facts(
        [
            ("run", f"{record.id}, {standing(record)}"),
            ("who", f"key {record.key_id}, team {record.team}"),
            ("agent", f"{record.agent} {record.digest[:19]}, model {told['agent']['model']}"),
        ]
    )
    for step in told["steps"]:
        about = f"{step['tool']} {step['arguments']}: " if "tool" in step else ""
        typer.echo(f"  {step['seq']:>3}  {step['at'][11:23]}  {about}{step['said']}")
    usage = told["usage"]
    typer.echo(f"used  {usage['tokens']:,} tokens, ${usage['cost_usd']}, {usage['tool_calls']} tool calls")


@app.command("replay")
def replay_(  # noqa: PLR0913 - a command has as many parameters as options
    run: RunArgument,
    config: NewOption = None,
    json: JsonOption = False,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Replay every decision of a run from its journal; exit with 15 if any would differ.

    Models and tools are answered from the record: nothing leaves this process.
    """
    where = Where(config or _usual(), state, database, json)
    record, entries = asked(lambda journal: _kept(journal, run), where)
    new = _version(record, config, as_json=json) if config is not None else None
    found = replayed(run, entries, door(), new)
    if json:
        print_document(_document(run, found))
    else:
        _say(run, found)
    if found.difference is not None:
        raise typer.Exit(DIVERGED)


def _version(record: RunRecord, config: Path, *, as_json: bool) -> AgentVersion:
    """The run's agent as another configuration declares it; on failure prints why and exits with 1."""
    new = declared(config, as_json=as_json).get(record.agent)
    if new is None:
        fail(f"{config} declares no agent '{record.agent}'.", as_json=as_json, code="not_found")
    return new


async def _shown(journal: Journal, run_id: str) -> tuple[RunRecord, Run]:
    record = await journal.record(run_id)
    events = await journal.events(run_id)
    return record, replay(run_id, events[: record.head])


async def _kept(journal: Journal, run_id: str) -> tuple[RunRecord, list[Entry]]:
    record = await journal.record(run_id)
    entries = (await journal.entries(run_id))[: record.head]
    if len(entries) < record.head:
        raise Damaged(f"The run {run_id} has {record.head} events, and its journal {len(entries)} of them.")
    return record, entries


def _line(entry: Entry, json: bool) -> str:
    told = event_view(entry.seq, entry.event)
    if json:
        return _text(told)
    rest = {name: value for name, value in told.items() if name not in ("sequence_number", "type")}
    rest.pop("definition", None)  # a page long; `show` prints its digest
    return f"{entry.seq:>4}  {told['type']:<20}  {_text(rest)[:160]}"


def _usual() -> Path | None:
    """The configuration that names the ledger; not one to compare with."""
    named = os.environ.get("SIGNALBOX_CONFIG")
    return Path(named) if named else None


def _text(told: Any) -> str:
    return msgspec.json.encode(told).decode()


def _document(run: str, found: Replayed) -> dict[str, Any]:
    difference = found.difference
    return {
        "run_id": run,
        "object": "run.replay",
        "same": difference is None,
        "commands": len(found.digests),
        "digest": f"sha256:{found.digest}",
        "asked_differently": list(found.changed),
        "asked_differently_at": found.asked,
        "difference": None
        if difference is None
        else {
            "seq": difference.seq,
            "recorded": difference.recorded,
            "replayed": difference.replayed,
        },
    }


def _say(run: str, found: Replayed) -> None:
    if found.changed:
        changed = ", ".join(found.changed)
        where = "" if found.asked is None else f", first at event {found.asked}"
        typer.echo(
            f"The model would be asked differently ({changed}{where}); "
            "its answers here are the recorded ones."
        )
    if found.difference is None:
        typer.echo(f"Run {run}: the same {len(found.digests)} decisions, sha256:{found.digest}.")
        return
    typer.echo(f"Run {run} parts from the record at event {found.difference.seq}:")
    typer.echo(f"  recorded  {found.difference.recorded}")
    typer.echo(f"  replayed  {found.difference.replayed}")
