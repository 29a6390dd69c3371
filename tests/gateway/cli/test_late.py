"""Commands that are loaded when they are asked for."""

import pytest
import typer
from typer.testing import CliRunner

from gateway.cli.late import Late, listed
from gateway.cli.main import COMMANDS

RUNNER = CliRunner()


def app() -> typer.Typer:
    made = typer.Typer(no_args_is_help=True, add_completion=False)
    listed(made, (*COMMANDS, Late("broken", "gateway.cli.nowhere", "nothing", "Is not there.")))
    return made


@pytest.mark.parametrize("each", COMMANDS, ids=lambda each: each.name)
def test_the_list_says_of_a_command_what_it_says_of_itself(each: Late) -> None:
    command = each.load()
    assert command.name == each.name
    first = " ".join(command.help.split("\n\n")[0].split())
    assert each.help == first


def test_the_list_needs_no_command() -> None:
    said = RUNNER.invoke(app(), ["--help"])
    assert said.exit_code == 0
    assert "Is not there." in said.output


def test_a_command_is_loaded_when_it_is_named() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"gateway\.cli\.nowhere"):
        RUNNER.invoke(app(), ["broken"], catch_exceptions=False)
    said = RUNNER.invoke(app(), ["cache", "--help"])
    assert "purge" in said.output


def test_a_name_that_is_not_there_gets_the_nearest_that_is() -> None:
    said = RUNNER.invoke(app(), ["kees"])
    assert said.exit_code == 2
    assert "'keys'" in said.output
