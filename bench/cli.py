"""The benchmark's command line: servers, scenarios, durations."""

import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import governance, report
from bench.load import LoadFailed
from bench.peers import HOME, PEERS, NotInstalled
from bench.profile import profiled
from bench.report import Figures
from bench.runs import Run, Streams, measured
from bench.scenarios import FULL, QUICK, SCENARIOS
from bench.servers import NotReady
from bench.subjects import SUBJECTS, KeyNotMade, Maker

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

RESULTS = Path(__file__).with_name("results") / "latest.json"
DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
STREAMS = "streams"  # the name for open and cancelled streams in `--only`
TOOL_STEP = "tool_step"  # the name for an agent's tool call without the tool itself
STEPS, QUICK_STEPS = 3_000, 300


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a whole run's results are stored: the file of figures, and the document with the table."""

    results: Path
    document: Path


@app.command()
def bench(  # noqa: PLR0913 - a command has as many parameters as options
    quick: Annotated[bool, typer.Option("--quick", help="A short run: the figures are rough.")] = False,
    only: Annotated[list[str] | None, typer.Option(help="Measure this alone; may be given again.")] = None,
    subject: Annotated[str, typer.Option(help="What to measure beside the relay.")] = "signalbox",
    also: Annotated[list[str] | None, typer.Option(help="Measure this one in the same run.")] = None,
    peers: Annotated[bool, typer.Option("--peers", help="Measure other gateways in the same run.")] = False,
    profile: Annotated[bool, typer.Option("--profile", help="Show where the CPU time goes instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Measure what a call costs in CPU and memory, in one run beside a bare relay."""
    console = Console(stderr=True)
    if only == [TOOL_STEP]:
        print(governance.measured(QUICK_STEPS if quick else STEPS))
        return
    run = chosen(subject, tuple(only or ()), quick=quick)
    try:
        if profile:
            for scenario in run.scenarios:
                print(profiled(SUBJECTS[subject], scenario, run.pace.seconds))
            return
        run = replace(run, makers={**run.makers, **{name: SUBJECTS[name] for name in also or ()}})
        if peers:
            installed = _installed(console)
            run = replace(run, makers={**run.makers, **installed}, peers=frozenset(installed))
        figures = _watched(run, console)
    except (NotReady, KeyNotMade, LoadFailed, NotInstalled) as error:
        console.print(f"Not measured. {error}", style="red", highlight=False, markup=False)
        raise typer.Exit(1) from error
    whole = not quick and not only and subject == "signalbox"
    if whole:
        console.print(governance.measured(STEPS), highlight=False)
    publish(subject, figures, as_json=as_json, keep=Kept(RESULTS, DOCUMENT) if whole else None)


def publish(subject: str, figures: dict[str, Figures], *, as_json: bool, keep: Kept | None) -> None:
    """Prints the report, and stores it if it is to be kept."""
    facts = report.machine(datetime.now(UTC))
    whole = report.document(subject, figures, facts)
    lines = report.rows(figures)
    if keep:
        report.write(whole, keep.results)
        table = report.markdown(lines, facts)
        keep.document.write_text(report.between_markers(keep.document.read_text(), table))
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    else:
        Console().print(report.terminal(lines))


def chosen(subject: str, only: tuple[str, ...], *, quick: bool) -> Run:
    """The run that the options ask for. Raises typer.BadParameter."""
    allowed = [*(scenario.name for scenario in SCENARIOS), STREAMS, TOOL_STEP]
    for name in only:
        if name not in allowed:
            raise typer.BadParameter(f"{name!r} is not measured; choose among {', '.join(allowed)}")
    if subject not in SUBJECTS:
        raise typer.BadParameter(f"{subject!r} is not known; choose among {', '.join(SUBJECTS)}")
    return Run(
        makers={subject: SUBJECTS[subject]},
        scenarios=tuple(scenario for scenario in SCENARIOS if not only or scenario.name in only),
        pace=QUICK if quick else FULL,
        streams=_streams(quick) if not only or STREAMS in only else None,
    )


def _installed(console: Console) -> dict[str, Maker]:
    makers: dict[str, Maker] = {}
    for name, peer in PEERS.items():
        with console.status(f"installing {name} {peer.version}"):
            makers[name] = partial(peer.start, peer.installed(name, HOME))
    return makers


def _streams(quick: bool) -> Streams:
    return Streams(500, 1_000, 500) if quick else Streams(2_000, 10_000, 2_000)


def _watched(run: Run, console: Console) -> dict[str, Figures]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("starting", total=run.steps)
        return measured(run, lambda what, who: progress.update(bar, advance=1, description=f"{what}: {who}"))
