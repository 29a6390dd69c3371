"""Parses files of labelled calls into examples."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from routing.difficulty.checks import checked
from routing.difficulty.features import Features, features
from routing.difficulty.training import Example


class BadLine(ValueError):
    """A line that is not a labelled call; the message says which line it is and what is missing."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a line. A `.` in a name leads into an object: `scores.large-model`."""

    prompt: str = "prompt"
    strong: str = "strong"
    weak: str = "weak"
    weak_answer: str = "weak_answer"


@dataclass(frozen=True, slots=True)
class Labelled:
    """An example, and the features of the cheap answer, if the line has one."""

    example: Example
    answer: Features | None = None


def read_lines(lines: Iterable[str | bytes], columns: Columns, *, answers: bool = False) -> list[Labelled]:
    """Every line's example; true, or at least 0.5, means right. `answers` requires the cheap answer, too.

    Raises BadLine.
    """
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadLine(f"line {number} is no JSON: {error}") from error
        prompt = _text(row, columns.prompt, number)
        right = [_right(row, column, number) for column in (columns.strong, columns.weak)]
        example = Example(features(prompt), *right)
        answer = checked(prompt, _text(row, columns.weak_answer, number)) if answers else None
        found.append(Labelled(example, answer))
    return found


def _at(row: Any, column: str) -> Any:
    if isinstance(row, Mapping) and column in row:
        return row[column]
    for step in column.split("."):
        row = row.get(step) if isinstance(row, Mapping) else None
    return row


def _text(row: Any, column: str, number: int) -> str:
    value = _at(row, column)
    if not isinstance(value, str):
        raise BadLine(f"line {number} has no text {column!r}; {_columns(row)}")
    return value


def _right(row: Any, column: str, number: int) -> bool:
    value = _at(row, column)
    if not isinstance(value, bool | int | float):
        raise BadLine(f"line {number} has no {column!r} that is true, false or a number; {_columns(row)}")
    return value >= 0.5


def _columns(row: Any) -> str:
    return f"there are: {', '.join(sorted(map(str, row)))}" if isinstance(row, Mapping) else "it is no object"
