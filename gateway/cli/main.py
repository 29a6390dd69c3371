"""The list of commands."""

import typer

from gateway.cli import keys, teams
from gateway.cli.check import check
from gateway.cli.explain import explain_command
from gateway.cli.init import init
from gateway.cli.serve import serve
from gateway.cli.show import show
from gateway.cli.simulate import simulate
from gateway.cli.usage import usage_command

app = typer.Typer(
    name="signalbox",
    help="One door between any application and the model vendors.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(serve)
app.command()(init)
app.command()(check)
app.command()(show)
app.add_typer(keys.app, name="keys")
app.add_typer(teams.app, name="teams")
app.command("usage")(usage_command)
app.command("explain")(explain_command)
app.command()(simulate)


def main() -> None:
    """The entry point of the console script."""
    app()
