"""Loads commands when they are used: listing them only costs their help texts."""

import importlib
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group


@dataclass(frozen=True, slots=True)
class Late:
    """A command, loaded on use: `help` is its line in the list; `module.attribute` its function or group."""

    name: str
    module: str
    attribute: str
    help: str

    def load(self) -> Any:
        """The command itself."""
        found = getattr(importlib.import_module(self.module), self.attribute)
        if isinstance(found, typer.Typer):
            command: Any = get_group(found)
        else:
            alone = typer.Typer(add_completion=False)
            alone.command()(found)
            command = get_command(alone)
        command.name = self.name
        return command


class LateGroup(TyperGroup):
    """A group that lists its commands by name and help, and loads only the one that runs."""

    late: dict[str, Late]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The named command, loaded; an unknown name is an error, as usual."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, self.late[name].load() if name in self.late else command, rest


def listed(app: typer.Typer, commands: tuple[Late, ...]) -> None:
    """Adds commands to an app's list, in this order."""
    for each in commands:
        app.command(each.name, help=each.help)(_unloaded)
    app.info.cls = type("Listed", (LateGroup,), {"late": {each.name: each for each in commands}})


def _unloaded() -> None:
    raise AssertionError("a command was run that had not been loaded")
