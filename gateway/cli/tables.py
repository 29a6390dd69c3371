"""How accounts look in a terminal, and how options are read into values."""

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime

import typer
from pydantic import BaseModel, TypeAdapter
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ledger.entities import Models, Tags

_LAST_SECOND = 253_402_300_799  # of the year 9999
_WHOLE = re.compile(r"[-+$€%]?[0-9 .,:%/-]*|[a-z]+|team archived")  # a number, a time or a state
_UNPRINTED = 10_000  # columns of a pipe: what reads it has lines of its own


def print_json(answer: BaseModel | Sequence[BaseModel]) -> None:
    """One JSON document, for programs."""
    if isinstance(answer, BaseModel):
        typer.echo(answer.model_dump_json(indent=2))
    else:
        typer.echo(TypeAdapter(list[BaseModel]).dump_json(list(answer), indent=2, serialize_as_any=True))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """As wide as the terminal; what does not fit is folded: names before numbers, times and states.

    Into a pipe or a file each row is one line.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        whole = number == 0 or all(_WHOLE.fullmatch(row[number]) for row in rows)
        table.add_column(column, no_wrap=whole, overflow="fold", min_width=len(column))
    for row in rows:
        # As plain text: a name with brackets must not be read as a style.
        table.add_row(*(Text(cell) for cell in row))
    fits = Console().is_terminal or "COLUMNS" in os.environ
    Console(width=None if fits else _UNPRINTED).print(table)


def print_facts(facts: Sequence[tuple[str, str]]) -> None:
    """One thing, a line for each of its facts."""
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        typer.echo(f"{name:<{width}}  {value}")


def day(at: int | None) -> str:
    """A Unix time as an UTC date and minute, or a dash; "never" for one beyond all calendars."""
    if at is None:
        return "-"
    return "never" if at > _LAST_SECOND else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


def models_text(models: Sequence[str] | None, otherwise: str = "all") -> str:
    return otherwise if models is None else ", ".join(models) or "none"


def read_models(option: str | None) -> Models:
    """`a,b` as patterns; None stands for every model."""
    if option is None:
        return None
    return tuple(name.strip() for name in option.split(",") if name.strip())


def read_tags(options: Sequence[str] | None) -> Tags:
    """`k=v` options; raises `ValueError` with a text for the user."""
    pairs = []
    for option in options or ():
        name, equals, value = option.partition("=")
        if not equals or not name:
            raise ValueError(f"--tag is {option!r}; write name=value, as in --tag project=alpha.")
        pairs.append((name, value))
    return tuple(pairs)
