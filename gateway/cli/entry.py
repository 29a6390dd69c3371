"""The entry point: `serve` loads no other command, whose memory it would keep for ever."""

import gc
import importlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import typer

from gateway.cli.output import prepare
from gateway.cli.plain import plainly


def main() -> None:
    """Entry point of `signalbox` and `python -m gateway.cli`."""
    serves = sys.argv[1:2] == ["serve"]
    prepare(ends=not serves)
    try:
        if serves:
            _serve(sys.argv[2:])
        elif "--json" in sys.argv:
            _for_programs()
        else:
            importlib.import_module("gateway.cli.main").app(prog_name="signalbox")
    finally:
        sys.stdout.flush()  # otherwise a failure to write would end in a traceback at interpreter exit


def _for_programs() -> None:
    """Runs a command with errors as JSON documents, including errors in how it was called."""
    try:
        code = importlib.import_module("gateway.cli.main").app(prog_name="signalbox", standalone_mode=False)
    except typer.Abort:
        sys.exit(130)
    except Exception as error:
        said = getattr(error, "format_message", None)
        if said is None:
            raise
        sys.stderr.write(f"{json.dumps({'error': {'message': said(), 'code': 'invalid_value'}})}\n")
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)


def _serve(arguments: list[str]) -> None:
    alone = typer.Typer(
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    gc.disable()  # imports create no garbage: collecting would take a tenth of the time
    serve = importlib.import_module("gateway.cli.serve").serve
    gc.enable()
    # typer's value checks take 8 MB, which nothing else in a server without a file needs.
    plain = plainly(serve, arguments, os.environ)
    if plain is None:
        alone.command()(serve)
    else:
        alone.command(add_help_option=False)(_called(serve, plain))
    alone(args=arguments if plain is None else [], prog_name="signalbox serve")


def _called(command: Callable[..., None], values: Mapping[str, Any]) -> Callable[[], None]:
    def run() -> None:
        command(**values)

    return run
