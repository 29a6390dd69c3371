"""`signalbox init`: writes a commented configuration to start from."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from config.defaults import vendors_from
from config.discover import discover
from config.kinds import VendorKind
from config.starter import starter


def init(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("signalbox.yaml"),
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Write a commented signalbox.yaml with the vendors whose keys are in the environment."""
    kinds = discover("gateway.vendors", "VENDOR", VendorKind)
    text = starter(kinds, os.environ)
    try:
        with open(path, "w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        exists = isinstance(error, FileExistsError)
        hint = "Give another name, or --force to replace it." if exists else ""
        sentence = f"{path} cannot be written: {'it exists' if exists else error.strerror}. {hint}".rstrip()
        typer.echo(json.dumps({"error": sentence}) if as_json else sentence, err=not as_json)
        raise typer.Exit(1) from error
    found = list(vendors_from(kinds, os.environ))
    if as_json:
        typer.echo(json.dumps({"file": str(path), "vendors": found}))
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"Wrote {path} with {', '.join(found) or 'no vendor: no key is in the environment'}.", markup=False
    )
    console.print(f"Next: signalbox check {path}, then signalbox serve --config {path}", markup=False)
