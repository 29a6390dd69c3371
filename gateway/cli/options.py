"""The options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        envvar="SIGNALBOX_CONFIG",
        help="Configuration file; else ./signalbox.yaml, else none.",
    ),
]
StateOption = Annotated[
    Path | None,
    typer.Option("--state", help="State directory; else SIGNALBOX_STATE, else ~/.local/share/signalbox."),
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        envvar="SIGNALBOX_DATABASE",
        help="Database URL; else that of the configuration file, else SQLite in the state directory.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text, also for errors.")]
TagOption = Annotated[list[str] | None, typer.Option("--tag", help="A tag as k=v; may be repeated.")]
ModelsOption = Annotated[
    str | None, typer.Option("--models", help="Allowed models, separated by commas, as in fast,gpt-4*.")
]
LimitOption = Annotated[
    list[str] | None,
    typer.Option("--limit", help="What it may use, as in requests=10/min; may be repeated."),
]
BudgetOption = Annotated[
    list[str] | None, typer.Option("--budget", help="What it may spend, as in 5USD/month; may be repeated.")
]
