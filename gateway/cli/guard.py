"""`signalbox guard`: what guards find in a text, and how accurate they are on labelled texts."""

import gzip
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from gateway.cli.failure import fail, fail_because
from gateway.cli.guard_making import guards_of
from gateway.cli.guard_report import report_command
from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.tables import print_table
from guardrails.guard import Finding, Segment, merged
from guardrails.scoring import ATTACK, Case, Score, Tally, read_case, score

app = typer.Typer(no_args_is_help=True, help="Try guards on texts, and report what they did.")

app.command("report")(report_command)

THRESHOLD = 0.5
_COLOURS = {"block": "bold red", "ask": "bold yellow", "mask": "yellow", "redact": "magenta", "flag": "cyan"}
GuardOption = Annotated[
    list[str] | None, typer.Option("--guard", "-g", help="A guard; may be repeated. Else pii and secrets.")
]
FileOption = Annotated[Path | None, typer.Option("--file", "-f", help="The text; else standard input.")]
ThresholdOption = Annotated[
    float | None, typer.Option("--threshold", min=0, max=1, help="The score from which a finding counts.")
]


@app.command("test")
def test(
    file: FileOption = None,
    guard: GuardOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what guards find in a text, and how long they take."""
    guards = guards_of(guard or ["pii", "secrets"], config, as_json)
    try:
        raw = sys.stdin.buffer.read() if file is None else file.read_bytes()
    except OSError as error:
        fail_because(error, as_json=as_json)
    found: list[Finding] = []
    took: dict[str, float] = {}
    segment = Segment("input", raw)
    for each in guards:
        each.inspect(segment)  # automata are built at the first inspection and only read by later ones
        began = time.perf_counter()
        found += each.inspect(segment)
        took[each.name] = time.perf_counter() - began
    found = merged(found)
    if as_json:
        typer.echo(json.dumps(_document(found, took)))
    else:
        _show(raw, found, took)


@app.command("eval")
def evaluate(
    data: Annotated[Path, typer.Argument(help="Lines of JSON, gzipped or not: text, and spans or label.")],
    guard: GuardOption = None,
    threshold: ThresholdOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Evaluate guards on labelled texts. `pii` looks for all types if none is named."""
    guards = guards_of(guard or ["pii"], config, as_json, THRESHOLD if threshold is None else threshold)
    claimed = frozenset(kind for each in guards for kind in each.kinds)
    try:
        found = score(_cases(data), guards, claimed)
    except OSError as error:
        fail_because(error, as_json=as_json)
    except ValueError as error:
        fail(f"{data} cannot be read: {error}.", as_json=as_json)
    if as_json:
        typer.echo(json.dumps(_scores(found)))
    else:
        _show_scores(found)


def _document(found: Sequence[Finding], took: dict[str, float]) -> dict[str, object]:
    """Findings as byte offsets, without the text itself."""
    findings = [
        {"guard": each.guard, "type": each.kind, "action": each.action, "start": each.start, "end": each.end}
        for each in found
    ]
    return {"findings": findings, "microseconds": {name: round(spent * 1e6) for name, spent in took.items()}}


def _show(raw: bytes, found: Sequence[Finding], took: dict[str, float]) -> None:
    console, shown, at = Console(highlight=False, soft_wrap=True), Text(), 0
    for each in found:
        shown.append(raw[at : each.start].decode("utf-8", "replace"))
        shown.append(raw[each.start : each.end].decode("utf-8", "replace"), style=_COLOURS[each.action])
        shown.append(f" [{each.kind}: {each.action}]", style="dim")
        at = each.end
    shown.append(raw[at:].decode("utf-8", "replace"))
    console.print(shown)
    for name, spent in took.items():
        size = len(raw) / 1024 or 1
        count = sum(finding.guard == name for finding in found)
        console.print(
            Text(
                f"{name}: {count} found in {spent * 1e6:,.0f} µs, {spent * 1e6 / size:,.0f} µs per KB", "dim"
            )
        )


def _cases(data: Path) -> Iterator[Case]:
    lines = gzip.open(data, "rt") if data.suffix == ".gz" else data.open()
    with lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield read_case(line)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"line {number}: {_fault(error)}") from error


def _fault(error: Exception) -> str:
    """What is wrong with a case; what is allowed is in `signalbox guard eval --help`."""
    missing = f"no member {error}" if isinstance(error, KeyError) else str(error)
    return f"{missing}; wanted are `text` and `spans` of start, end and type, or `text` and `label`"


def _scores(found: Score) -> dict[str, object]:
    return {
        "cases": found.cases,
        "types": {
            kind: {
                **{"hits": each.hits, "misses": each.misses, "alarms": each.alarms},
                **{"precision": each.precision, "recall": each.recall, "f2": each.f2},
                **({"false_alarms": each.false_alarms} if kind == ATTACK else {}),
            }
            for kind, each in sorted(found.types.items())
        },
        "not_looked_for": dict(found.unclaimed),
        "confusion": [[was, seen, count] for (was, seen), count in found.confusion.most_common()],
    }


def _shares(each: Tally) -> list[str]:
    return [f"{share:.3f}" for share in (each.precision, each.recall, each.f2)]


def _show_scores(found: Score) -> None:
    console = Console(highlight=False)
    columns = ("TYPE", "HITS", "MISSES", "FALSE ALARMS", "PRECISION", "RECALL", "F2")
    rows = [
        (kind, *map(str, (each.hits, each.misses, each.alarms)), *_shares(each))
        for kind, each in sorted(found.types.items())
    ]
    print_table(columns, rows, right=columns[1:])
    labelled = found.types.get(ATTACK)
    if labelled is not None:
        console.print(
            f"attacks found: {labelled.recall:.3f}, harmless texts taken for one: {labelled.false_alarms:.3f}"
        )
    for (was, seen), count in found.confusion.most_common():
        if was in found.types or seen in found.types:
            console.print(Text(f"{count} times {was} was taken for {seen}", "dim"))
    if found.unclaimed:
        others = ", ".join(f"{kind} {count}" for kind, count in sorted(found.unclaimed.items()))
        console.print(Text(f"not looked for: {others}", "dim"))
