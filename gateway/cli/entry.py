"""The entry point: loads no other command for a server, which keeps in memory for ever what it loads."""

import gc
import importlib
import sys

import typer


def main() -> None:
    """What `signalbox` and `python -m gateway.cli` run."""
    if sys.argv[1:2] == ["serve"]:
        _serve(sys.argv[2:])
    else:
        importlib.import_module("gateway.cli.main").app(prog_name="signalbox")


def _serve(arguments: list[str]) -> None:
    alone = typer.Typer(
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    gc.disable()  # what is loaded stays: to look for garbage in it is a tenth of the time that it takes
    serve = importlib.import_module("gateway.cli.serve").serve
    gc.enable()
    alone.command()(serve)
    alone(args=arguments, prog_name="signalbox serve")
