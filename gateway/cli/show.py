"""`signalbox show`: the configuration in force, with all defaults and without secrets."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from config.catalog import Loaded
from config.defaults import default_catalog
from config.discover import discover
from config.errors import ConfigError
from config.kinds import VendorKind
from config.load import load_file
from config.view import Setting, effective
from gateway.cli.failure import fail_because
from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.places import chosen_file

_VALUES = 24  # columns, enough for most values


def show(
    path: Annotated[
        Path | None,
        typer.Argument(help="The file; else ./signalbox.yaml, else what the environment offers."),
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the effective configuration; secrets are masked, defaults are marked."""
    kinds = discover("gateway.vendors", "VENDOR", VendorKind)
    file = chosen_file(path or config)
    try:
        loaded = default_catalog(kinds, os.environ) if file is None else load_file(file, kinds, os.environ)
    except ConfigError as error:
        fail_because(error, as_json=as_json)
    settings = effective(loaded.catalog)
    if as_json:
        typer.echo(json.dumps(_document(loaded, settings)))
    else:
        _print(loaded, settings)


def _document(loaded: Loaded, settings: list[Setting]) -> dict[str, object]:
    return {
        "source": loaded.catalog.source,
        "version": loaded.catalog.version,
        "settings": [setting.to_json() for setting in settings],
        "warnings": [warning.to_json() for warning in loaded.warnings],
    }


def _print(loaded: Loaded, settings: list[Setting]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    width = max(len(setting.path) for setting in settings)
    for setting in settings:
        line = f"{setting.path:<{width}}  {setting.value:<{_VALUES}}"
        # Lines, not a table, which would cut names and values in a narrow terminal.
        if setting.default:
            console.print(Text(f"{line}  default", "dim"))
        else:
            console.print(Text(line.rstrip()))
    console.print(Text(f"From {loaded.catalog.source}, version {loaded.catalog.version}."))
