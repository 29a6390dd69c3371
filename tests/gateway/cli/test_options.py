"""Options that several commands share are the same in each."""

from typing import get_args

import pytest

from gateway.cli import options
from gateway.cli.main import COMMANDS

SHARED = {"--config", "--state", "--database", "--json"}
ROOT = {each.name: each.load() for each in COMMANDS}


def commands_on_the_ledger():
    groups = [("", ROOT), *((f"{name} ", ROOT[name].commands) for name in ("keys", "teams"))]
    for prefix, commands in groups:
        for name, command in commands.items():
            if not hasattr(command, "commands") and f"{prefix}{name}" not in (
                "init",
                "check",
                "show",
                "route",
                "simulate",
                "targets",
            ):
                yield pytest.param(command, id=f"{prefix}{name}")


@pytest.mark.parametrize("command", list(commands_on_the_ledger()))
def test_every_command_on_the_ledger_finds_it_by_the_same_options(command) -> None:
    assert SHARED <= {name for option in command.params for name in option.opts}


@pytest.mark.parametrize(
    ("option", "variable"),
    [(options.ConfigOption, "SIGNALBOX_CONFIG"), (options.DatabaseOption, "SIGNALBOX_DATABASE")],
)
def test_what_a_container_sets_comes_by_the_environment_too(option, variable: str) -> None:
    assert get_args(option)[1].envvar == variable
