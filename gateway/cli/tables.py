"""Prints accounts in a terminal, and parses their options."""

import os
import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import typer
from pydantic import BaseModel, TypeAdapter
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ledger.entities import Models, Tags

_LAST_SECOND = 253_402_300_799  # of the year 9999
_WHOLE = re.compile(r"[~?]*[-+$€%]?[0-9 .,:%/-]*|[a-z]+|█+|team archived")  # a number, time, state or bar
_UNPRINTED = 10_000  # columns when piped: programs split lines themselves
_LEGIBLE = 8  # columns that a name keeps; longer ones are folded
_WIDE, _TIGHT = (0, 1), (0, 1, 0, 0)  # padding of a cell
_BAR = 12  # characters of the longest bar


def print_json(answer: BaseModel | Sequence[BaseModel]) -> None:
    """Prints one JSON document, for programs."""
    if isinstance(answer, BaseModel):
        typer.echo(answer.model_dump_json(indent=2))
    else:
        typer.echo(TypeAdapter(list[BaseModel]).dump_json(list(answer), indent=2, serialize_as_any=True))


def print_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    total: Sequence[str] = (),
    *,
    right: Collection[str] = (),
    ids: bool = True,
) -> None:
    """Prints a table as wide as the terminal; names are folded before numbers, times and states.

    Nothing is cut off: in a very narrow terminal each row gets a line per cell. In a pipe or a file each row
    is one line. `right` are columns of numbers; `ids` says that the first column has ids, which are never
    folded.
    """
    console = Console(width=_width())
    least = _least(columns, [*rows, total] if total else rows, ids)
    if _tightly(columns, least) > console.width:
        _print_records(console, columns, [*rows, total] if total else rows)
        return
    wide = least + len(columns) * 3 <= console.width
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=_WIDE if wide else _TIGHT,
        show_edge=wide,
        show_footer=bool(total),
    )
    for number, column in enumerate(columns):
        table.add_column(
            column,
            total[number] if total else "",
            no_wrap=_kept_whole(number, rows, ids),
            overflow="fold",
            min_width=len(column),
            justify="right" if column in right else "left",
        )
    for row in rows:
        # As plain text: brackets in a name must not be read as a style.
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def has_room(columns: Sequence[str], rows: Sequence[Sequence[str]], *, ids: bool = True) -> bool:
    """Whether the terminal is wide enough for these columns side by side."""
    return _tightly(columns, _least(columns, rows, ids)) <= Console(width=_width()).width


def _tightly(columns: Sequence[str], least: int) -> int:
    return least + 2 * (len(columns) - 1)


def _print_records(console: Console, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    width = max(map(len, columns))
    for row in rows:
        for column, cell in zip(columns, row, strict=True):
            console.print(Text(f"{column:<{width}}  {cell}".rstrip(), overflow="fold"))
        console.print()


def _least(columns: Sequence[str], rows: Sequence[Sequence[str]], ids: bool) -> int:
    """The minimum width of these columns' cells, in characters."""
    needed = 0
    for number, column in enumerate(columns):
        longest = max((cell_len(row[number]) for row in rows), default=0)
        shown = longest if _kept_whole(number, rows, ids) else min(longest, _LEGIBLE)
        needed += max(len(column), shown)
    return needed


def _kept_whole(number: int, rows: Sequence[Sequence[str]], ids: bool) -> bool:
    return (number == 0 and ids) or all(_WHOLE.fullmatch(row[number]) for row in rows)


def _width() -> int | None:
    return None if Console().is_terminal or "COLUMNS" in os.environ else _UNPRINTED


def share_bar(part: int, most: int) -> str:
    """A bar of at most twelve characters; anything above zero is visible."""
    if part <= 0 or most <= 0:
        return ""
    return "█" * max(1, round(_BAR * part / most))


def print_facts(facts: Sequence[tuple[str, str]]) -> None:
    """Prints one object, one line per fact."""
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        typer.echo(f"{name:<{width}}  {value}")


def day(at: int | None) -> str:
    """A Unix time as a UTC date and minute; "-" for None, "never" for times beyond all calendars."""
    if at is None:
        return "-"
    return "never" if at > _LAST_SECOND else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


def models_text(models: Sequence[str] | None, otherwise: str = "all") -> str:
    return otherwise if models is None else ", ".join(models) or "none"


def read_models(option: str | None) -> Models:
    """`a,b` as patterns; None means every model."""
    if option is None:
        return None
    return tuple(name.strip() for name in option.split(",") if name.strip())


def read_tags(options: Sequence[str] | None) -> Tags:
    """`k=v` options as pairs; raises `ValueError` with a text for the user."""
    pairs = []
    for option in options or ():
        name, equals, value = option.partition("=")
        if not equals or not name:
            raise ValueError(f"--tag is {option!r}; write name=value, as in --tag project=alpha.")
        pairs.append((name, value))
    return tuple(pairs)
