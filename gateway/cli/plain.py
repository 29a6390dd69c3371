"""Parses common options without the library that typer validates with."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from typer.models import OptionInfo


@dataclass(frozen=True, slots=True)
class _Option:
    name: str  # of the command's parameter
    kind: type
    info: OptionInfo

    @property
    def flags(self) -> Sequence[str]:
        # In `Annotated`, the first flag is where a default would be:
        # https://typer.tiangolo.com/tutorial/options/name
        said = (self.info.default, *(self.info.param_decls or ()))
        return [each for each in said if isinstance(each, str)] or [f"--{self.name.replace('_', '-')}"]

    def read(self, value: str) -> Any:
        """The value of a text; None if typer must check it."""
        if self.kind is not int:
            return self.kind(value) if value and self.kind in (str, Path) else None
        least, most = self.info.min, self.info.max
        if not (value.isascii() and value.isdecimal()) or least is None or most is None:
            return None
        return number if least <= (number := int(value)) <= most else None


def plainly(
    command: Callable[..., None], arguments: Sequence[str], environ: Mapping[str, str]
) -> dict[str, Any] | None:
    """The command's parameters if every argument is a known option with a valid value, each given once.

    None if typer has to parse them: for help, for errors, and for other notations.
    """
    options = list(_options(command))
    by_flag = {flag: option for option in options for flag in option.flags}
    values: dict[str, Any] = {}
    words = iter(arguments)
    for word in words:
        flag, given, value = word.partition("=")
        option = by_flag.get(flag)
        if option is None or option.name in values or (given and not flag.startswith("--")):
            return None
        if option.kind is bool:
            values[option.name] = None if given else True
        else:
            text = value if given else next(words, "")
            values[option.name] = None if text.startswith("-") else option.read(text)
    for option in options:
        told = environ.get(option.info.envvar, "") if isinstance(option.info.envvar, str) else ""
        if told and option.name not in values:
            values[option.name] = option.read(told)
    return None if None in values.values() else values


def _options(command: Callable[..., None]) -> Iterator[_Option]:
    hints = get_type_hints(command, include_extras=True)
    for name in inspect.signature(command).parameters:
        declared, info = get_args(hints[name])
        kinds = [each for each in get_args(declared) or (declared,) if each is not type(None)]
        yield _Option(name, kinds[0], info)
