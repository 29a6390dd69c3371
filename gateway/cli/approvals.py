"""`signalbox approvals`: lists tool calls that wait for a person, and approves or denies them."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from agentloop.events import Event
from agentloop.journal import Journal, RunRecord
from agentloop.run import Run, replay
from agentloop.words import NoApproval, awaiting, judged, speak
from gateway.agents.views import approvals, run_view
from gateway.cli.approvers import approver
from gateway.cli.journals import asked, print_document
from gateway.cli.options import ConfigOption, DatabaseOption, JsonOption, StateOption
from gateway.cli.places import Where
from gateway.cli.runs import BY
from gateway.cli.strangers import refuse_strangers
from gateway.cli.tables import day, print_facts, print_table

app = typer.Typer(
    help="List, show, approve and deny tool calls that wait for a person.", no_args_is_help=True
)

ApprovalArgument = Annotated[str, typer.Argument(metavar="APPROVAL", help="The approval's id.")]
AsOption = Annotated[
    str | None,
    typer.Option("--as", metavar="KEY", help="Decide as the holder of this key (its id), with its rights."),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="The reason; the model sees that of a denial.")]


@app.command("list")
def list_(  # noqa: PLR0913 - a command has as many parameters as options
    team: Annotated[str | None, typer.Option("--team", help="Only of this team.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many of the newest waiting runs.")] = 100,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """List the tool calls that wait for approval."""
    where = Where(config, state, database, json)
    found = asked(lambda journal: _waiting(journal, team, limit), where)
    if not found and team is not None:
        refuse_strangers([team], where)
    if json:
        print_document(found)
        return
    rows = [
        (each["id"], each["agent"], each["tool"], each["arguments"], each["group"], day(each["expires_at"]))
        for each in found
    ]
    print_table(("ID", "AGENT", "TOOL", "ARGUMENTS", "GROUP", "UNTIL"), rows)


@app.command()
def show(
    approval: ApprovalArgument,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Show one call that waits, with exactly the arguments to be approved."""
    found = asked(lambda journal: _one(journal, approval), Where(config, state, database, json))
    if json:
        print_document(found)
        return
    print_facts([(name, _shown(name, value)) for name, value in found.items() if name != "object"])


@app.command()
def approve(  # noqa: PLR0913 - a command has as many parameters as options
    approval: ApprovalArgument,
    reason: ReasonOption = "",
    holder: AsOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Approve the call. Gateways follow within a second."""
    _judge(approval, Where(config, state, database, json), _Word(True, reason, holder))


@app.command()
def deny(  # noqa: PLR0913 - a command has as many parameters as options
    approval: ApprovalArgument,
    reason: ReasonOption = "",
    holder: AsOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    state: StateOption = None,
    database: DatabaseOption = None,
) -> None:
    """Deny the call; the run continues without it."""
    _judge(approval, Where(config, state, database, json), _Word(False, reason, holder))


@dataclass(frozen=True, slots=True)
class _Word:
    """A decision. `holder` is the id of a key; None: whoever may write to the database."""

    approve: bool
    reason: str
    holder: str | None


def _judge(approval: str, where: Where, word: _Word) -> None:
    approve = word.approve

    async def judge(journal: Journal) -> RunRecord:
        run_id = await _run_of(journal, approval)
        may = None if word.holder is None else await approver(journal, run_id, word.holder)
        by = BY if may is None else may.key_id

        def said(run: Run) -> list[Event]:
            step = awaiting(run, approval, int(journal.clock() * 1000))
            if may is not None:
                may.check(step.group)
            return [judged(step, approve=approve, by=by, reason=word.reason)]

        return await speak(journal, run_id, said)

    record = asked(judge, where)
    if where.as_json:
        print_document(run_view(record))
    else:
        typer.echo(f"{'Approved' if approve else 'Refused'}; run {record.id} goes on.")


def _shown(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    return day(value) if name.endswith("_at") else str(value)


async def _waiting(journal: Journal, team: str | None, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for record in await journal.listed(team, "waiting", limit):
        found += approvals(record, replay(record.id, (await journal.events(record.id))[: record.head]))
    return found


async def _one(journal: Journal, approval: str) -> dict[str, Any]:
    record = await journal.record(await _run_of(journal, approval))
    run = replay(record.id, (await journal.events(record.id))[: record.head])
    awaiting(run, approval, int(journal.clock() * 1000))
    return next(each for each in approvals(record, run) if each["id"] == approval)


async def _run_of(journal: Journal, approval: str) -> str:
    run_id = await journal.asked_for(approval)
    if run_id is None:
        raise NoApproval(f"There is no open approval '{approval}'; `signalbox approvals list` shows those.")
    return run_id
