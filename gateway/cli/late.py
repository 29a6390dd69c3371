"""Loads commands when they are used: listing them only costs their help texts."""

import importlib
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group


@dataclass(frozen=True, slots=True)
class Late:
    """A command: `help` is what the list says of it, `attribute` of `module` its function or its group."""

    name: str
    module: str
    attribute: str
    help: str

    def load(self) -> Any:
        """The command itself, under its name in the list."""
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
    """A group that knows the names and first lines of its commands, and loads the one that runs."""

    late: dict[str, Late]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The one that the caller named, loaded; complains of a name that is not in the list as ever."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, self.late[name].load() if name in self.late else command, rest


def listed(app: typer.Typer, commands: tuple[Late, ...]) -> None:
    """Enter commands into the list of an app, in this order."""
    for each in commands:
        app.command(each.name, help=each.help)(_unloaded)
    app.info.cls = type("Listed", (LateGroup,), {"late": {each.name: each for each in commands}})


def _unloaded() -> None:
    raise AssertionError("a command was run that had not been loaded")
