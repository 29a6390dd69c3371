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
from gateway.cli.failure import fail
from gateway.cli.options import JsonOption


def init(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("signalbox.yaml"),
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    as_json: JsonOption = False,
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
        fail(sentence, as_json=as_json, code="already_exists" if exists else "system_error")
    found = list(vendors_from(kinds, os.environ))
    if as_json:
        typer.echo(json.dumps({"file": str(path), "vendors": found}))
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"Wrote {path} with {', '.join(found) or 'no vendor: no key is in the environment'}.", markup=False
    )
    console.print(f"Next: signalbox check {path}, then signalbox serve --config {path}", markup=False)
