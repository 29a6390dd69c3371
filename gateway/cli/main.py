"""The list of commands."""

from importlib.metadata import version
from typing import Annotated

import typer

from gateway.cli import batches, cache, guard, keys, limits, router, teams
from gateway.cli.check import check
from gateway.cli.explain import explain_command
from gateway.cli.init import init
from gateway.cli.replay import replay_command
from gateway.cli.route import route_command
from gateway.cli.serve import serve
from gateway.cli.show import show
from gateway.cli.simulate import simulate
from gateway.cli.targets import targets_command
from gateway.cli.usage import usage_command


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"signalbox {version('signalbox-gateway')}")
        raise typer.Exit


app = typer.Typer(
    name="signalbox",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def signalbox(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end."),
    ] = False,
) -> None:
    """One door between any application and the model vendors, with exact money.

    `signalbox serve` is all it takes to begin.
    """


app.command()(serve)
app.command()(init)
app.command()(check)
app.command()(show)
app.add_typer(keys.app, name="keys")
app.add_typer(teams.app, name="teams")
app.add_typer(limits.app, name="limits")
app.add_typer(router.app, name="router")
app.add_typer(batches.app, name="batches")
app.add_typer(guard.app, name="guard")
app.add_typer(cache.app, name="cache")
app.command("usage")(usage_command)
app.command("targets")(targets_command)
app.command("explain")(explain_command)
app.command("route")(route_command)
app.command("replay")(replay_command)
app.command()(simulate)


def main() -> None:
    """The entry point of the console script."""
    app(prog_name="signalbox")
