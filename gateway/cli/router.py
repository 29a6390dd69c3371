"""`signalbox router`: trains, evaluates and shows the difficulty router."""

import gzip
import json as jsonlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from gateway.around.judges import prior
from gateway.cli.failure import fail
from gateway.cli.options import JsonOption, StateOption
from gateway.cli.places import Where
from gateway.cli.tables import print_facts
from gateway.routing.learning import read_learnt
from gateway.state import expected_directory
from routing.difficulty.answers import train_answers
from routing.difficulty.evaluation import Interval
from routing.difficulty.labelled import BadLine, Columns, Labelled, read_lines
from routing.difficulty.model import SLOTS, BadModel, Model, dump, load
from routing.difficulty.training import FEW_LABELS, USUAL, train
from routing.difficulty.trials import Trial, Verdict, judged_by, tried

app = typer.Typer(no_args_is_help=True, help="Train, evaluate and show the difficulty router.")

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="JSON lines, gzipped or not.")]
PromptOption = Annotated[str, typer.Option("--prompt", help="The column with the prompt.")]
StrongOption = Annotated[
    str, typer.Option("--strong", help="The column that says whether the strong model was right.")
]
WeakOption = Annotated[
    str, typer.Option("--weak", help="The same for the cheap model; a.b leads into an object.")
]
ModelOption = Annotated[Path | None, typer.Option("--model", help="A trained model; else the shipped one.")]


@app.command("train")
def train_command(  # noqa: PLR0913 - a command has as many parameters as options
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="JSON lines, gzipped or not.")
    ] = None,
    group: Annotated[
        str | None,
        typer.Option(help="Also train on this group's own calls and their feedback (`learn: true`)."),
    ] = None,
    state: StateOption = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write the model to.")] = Path(
        "router.bin"
    ),
    name: Annotated[str, typer.Option(help="The model's name in reports.")] = "",
    prompt: PromptOption = "prompt",
    strong: StrongOption = "strong",
    weak: WeakOption = "weak",
    slots: Annotated[int, typer.Option(min=1, help="How many words and word pairs to keep at most.")] = SLOTS,
    first_guess: Annotated[
        bool, typer.Option("--prior", help="Mark it as trained on other people's calls.")
    ] = False,
    cascade: Annotated[
        bool,
        typer.Option("--cascade", help="Train a judge of cheap answers (weak_answer), for `kind: cascade`."),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Train on labelled calls; name the file in `strategy: {kind: difficulty, model: FILE}`."""
    where, columns = Where(state=state, as_json=json), Columns(prompt, strong, weak)
    rows, sources = _sources(files or [], group, where, columns, answers=cascade)
    about = {"name": name or out.stem, "made_from": sources, "prior": first_guess}
    with _progress("learning", 2 * USUAL.epochs, quiet=json) as tick:
        try:
            examples = [row.example for row in rows]
            model = train_answers(rows, about, tick=tick) if cascade else train(examples, about, tick=tick)
        except ValueError as error:
            fail(f"{error}.", as_json=json)
    _keep(dump(model, slots), out, len(rows), as_json=json)


@app.command("eval")
def eval_command(  # noqa: PLR0913 - a command has as many parameters as options
    files: Files,
    labels: Annotated[
        int | None,
        typer.Option(min=2, help="Train on so many lines and evaluate on the others; else evaluate --model."),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, max=1000, help="How many splits.")] = 10,
    cascade: Annotated[
        bool,
        typer.Option("--cascade", help="Judge the cheap answer (weak_answer) first."),
    ] = False,
    model: ModelOption = None,
    prompt: PromptOption = "prompt",
    strong: StrongOption = "strong",
    weak: WeakOption = "weak",
    json: JsonOption = False,
) -> None:
    """Evaluate routing on labelled calls: APGR, CPT(50 %) and CPT(80 %), with intervals."""
    rows = _rows(files, Columns(prompt, strong, weak), as_json=json, answers=cascade)
    if cascade and labels is None:
        fail("--cascade learns what a wrong answer looks like: give --labels.", as_json=json)
    if labels is not None and labels >= len(rows):
        fail(
            f"--labels is {labels}, but there are {len(rows)} lines: some must be left to judge.",
            as_json=json,
        )
    try:
        if labels is None:
            verdict, how = judged_by(rows, _model(model, as_json=json)), "200 resamples"
        else:
            with _progress("trying", seeds, quiet=json) as tick:
                verdict = tried(rows, Trial(labels, seeds, cascade), tick)
            how = f"{labels:,} labels, {seeds} splits"
    except ValueError as error:
        fail(f"{error}.", as_json=json)
    if json:
        typer.echo(jsonlib.dumps({"rows": len(rows), "labels": labels, "seeds": seeds, **asdict(verdict)}))
    else:
        print_facts([("lines", f"{len(rows):,}"), ("judged", how), *_lines(verdict)])


@app.command("show")
def show_command(model: ModelOption = None, json: JsonOption = False) -> None:
    """Show what a model was trained on."""
    about = {
        name: value
        for name, value in _model(model, as_json=json).about.items()
        if name not in ("figures", "bias", "scales")
    }
    if json:
        typer.echo(jsonlib.dumps(about, indent=2))
        return
    marks = about.pop("quantiles", [])
    facts = [
        (name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
        for name, value in about.items()
    ]
    if marks:
        facts.append(("scores", f"{marks[0]:+.3f} to {marks[-1]:+.3f}, half of them above {marks[50]:+.3f}"))
    print_facts(facts)
    if about.get("prior"):
        typer.echo(
            "A first guess that knows nothing of your traffic: train on your own labels when there are 200."
        )


def _sources(
    files: list[Path], group: str | None, where: Where, columns: Columns, *, answers: bool
) -> tuple[list[Labelled], list[str]]:
    """The labelled calls to learn from, and their sources: files and a group's own calls."""
    if answers and group is not None:
        fail(
            "--cascade learns from answers, which a --group does not keep: name files.", as_json=where.as_json
        )
    if not files and group is None:
        fail("Give files with labelled calls, or a --group that has `learn: true`.", as_json=where.as_json)
    rows = _rows(files, columns, as_json=where.as_json, answers=answers) if files else []
    names = [file.name for file in files]
    if group is not None:
        own = read_learnt(expected_directory(where.state, os.environ) / "router", group)
        rows += own
        names.append(f"{len(own)} judged calls of {group}")
    return rows, names


def _keep(data: bytes, out: Path, labels: int, *, as_json: bool) -> None:
    """Writes the model and reports that."""
    try:
        out.write_bytes(data)
    except OSError as error:
        fail(f"{out}: {error.strerror}.", as_json=as_json, code="system_error")
    if as_json:
        typer.echo(jsonlib.dumps({"model": str(out), "bytes": len(data), "labels": labels}))
        return
    typer.echo(f"{out} has learnt from {labels:,} labels ({len(data):,} bytes).")
    if labels < FEW_LABELS:
        typer.echo(f"That is few: below {FEW_LABELS} labels the model that ships is the safer choice.")


def _lines(verdict: Verdict) -> list[tuple[str, str]]:
    def told(found: Interval, places: int, unit: str = "") -> str:
        return f"{found.mean:.{places}f}{unit} ({found.low:.{places}f} to {found.high:.{places}f})"

    return [
        ("APGR", f"{told(verdict.apgr, 3)}; a coin has 0.500"),
        ("CPT 50 %", f"{told(verdict.cpt50, 1, ' %')}; a coin needs 50"),
        ("CPT 80 %", f"{told(verdict.cpt80, 1, ' %')}; a coin needs 80"),
    ]


def _model(file: Path | None, *, as_json: bool) -> Model:
    try:
        return prior() if file is None else load(file.read_bytes())
    except BadModel as error:
        fail(f"{file}: {error}.", as_json=as_json)
    except OSError as error:
        fail(f"{file}: {error.strerror}.", as_json=as_json, code="system_error")


def _rows(files: list[Path], columns: Columns, *, as_json: bool, answers: bool = False) -> list[Labelled]:
    rows: list[Labelled] = []
    for file in files:
        try:
            data = file.read_bytes()
            text = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            rows += read_lines(text.splitlines(), columns, answers=answers)
        except BadLine as error:
            fail(f"{file}: {error}.", as_json=as_json)
        except OSError as error:
            fail(f"{file}: {error.strerror or error}.", as_json=as_json, code="system_error")
    if not rows:
        fail("These files contain no labelled call.", as_json=as_json)
    return rows


@contextmanager
def _progress(what: str, total: int, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """A progress bar on standard error, so that standard output can be piped."""
    columns: list[Any] = [
        TextColumn(what),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    ]
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)
