"""The list of commands is whole: what is written is also to be had."""

import re

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app

COMMANDS = ("serve", "init", "check", "show", "keys", "teams", "usage", "explain", "simulate")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_there_and_says_what_it_does(command: str) -> None:
    shown = CliRunner().invoke(app, [command, "--help"])
    assert shown.exit_code == 0
    assert re.search(r"\w{3,}", shown.output.partition("COMMAND")[0])


def test_the_help_lists_every_command() -> None:
    shown = CliRunner().invoke(app, ["--help"]).output
    assert [command for command in COMMANDS if f" {command} " not in shown] == []
