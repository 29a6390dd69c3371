"""Reads vendors' exports of usage and cost, recognised by their headers."""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import NamedTuple

_NANO = Decimal(10**9)
# Models are billed under the snapshot's name, but requested under the short one.
_SNAPSHOT = re.compile(r"[-@](\d{4}-\d{2}-\d{2}|\d{8})$")


class Billed(NamedTuple):
    """One line of a vendor's export; missing values are None."""

    day: str  # 2026-11-23, UTC
    model: str
    input_tokens: int | None
    output_tokens: int | None
    cost_nano: int | None


class UnreadableExport(ValueError):
    """The export cannot be read; the text says what was found, where, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of export. `needs` are the columns that identify it."""

    vendor: str
    title: str
    needs: frozenset[str]
    read: Callable[[Mapping[str, str]], Billed]
    figures: frozenset[str]  # a line in which all of these are empty is a day without usage


def plain(model: str) -> str:
    """A model's name without its snapshot date; a display name is turned into an id."""
    name = model.strip()
    if " " in name:
        name = name.lower().replace(" ", "-").replace(".", "-")
    return _SNAPSHOT.sub("", name)


def _openai_cost(row: Mapping[str, str]) -> Billed:
    # A line item is "gpt-4o-2024-08-06, input"; absent if the export is not grouped.
    model = plain(row.get("line_item", "").partition(",")[0])
    return Billed(_unix_day(row["start_time"]), model, None, None, _nano(row["amount_value"]))


def _openai_usage(row: Mapping[str, str]) -> Billed:
    # Embeddings have no output; their export lacks even the column.
    tokens = _whole(row["input_tokens"] or "0"), _whole(row.get("output_tokens") or "0")
    return Billed(_unix_day(row["start_time"]), plain(row["model"]), *tokens, None)


def _anthropic_cost(row: Mapping[str, str]) -> Billed:
    return Billed(_day(row["usage_date_utc"]), plain(row["model"]), None, None, _nano(row["cost_usd"]))


_ANTHROPIC_INPUT = ("no_cache", "cache_write_5m", "cache_write_1h", "cache_read")


def _anthropic_usage(row: Mapping[str, str]) -> Billed:
    # Cache reads and writes are separate columns here; the ledger's input includes them.
    read = sum(_whole(row.get(f"usage_input_tokens_{name}", "") or "0") for name in _ANTHROPIC_INPUT)
    written = _whole(row["usage_output_tokens"])
    return Billed(_day(row["usage_date_utc"]), plain(row["model_version"]), read, written, None)


FORMS: tuple[Form, ...] = (
    Form(
        "openai",
        "OpenAI's costs",
        frozenset({"start_time", "amount_value"}),
        _openai_cost,
        frozenset({"amount_value"}),
    ),
    Form(
        "openai",
        "OpenAI's usage",
        frozenset({"start_time", "model", "input_tokens"}),
        _openai_usage,
        frozenset({"input_tokens", "output_tokens"}),
    ),
    Form(
        "anthropic",
        "Anthropic's costs",
        frozenset({"usage_date_utc", "model", "cost_usd"}),
        _anthropic_cost,
        frozenset({"cost_usd"}),
    ),
    Form(
        "anthropic",
        "Anthropic's usage",
        frozenset({"usage_date_utc", "model_version", "usage_input_tokens_no_cache", "usage_output_tokens"}),
        _anthropic_usage,
        frozenset({"usage_input_tokens_no_cache", "usage_output_tokens"}),
    ),
)
NAMES: Mapping[str, Form] = MappingProxyType({form.title: form for form in FORMS})


def read(lines: Iterable[str]) -> tuple[Form, list[Billed]]:
    """The kind of export, and its lines. Raises UnreadableExport."""
    rows = csv.DictReader(lines)
    header = [name.strip().lstrip("\ufeff").lower() for name in rows.fieldnames or ()]
    form = next((each for each in FORMS if each.needs <= set(header)), None)
    if form is None:
        allowed = "; ".join(f"{each.title} ({', '.join(sorted(each.needs))})" for each in FORMS)
        found = ", ".join(header) or "nothing"
        raise UnreadableExport(f"line 1 has the columns {found}; known are {allowed}")
    rows.fieldnames = header
    found_lines = []
    for row in rows:
        cells = {name: (value or "").strip() for name, value in row.items() if name}
        if not any(cells.get(name) for name in form.figures):
            continue
        try:
            found_lines.append(form.read(cells))
        except (ValueError, OverflowError) as error:
            raise UnreadableExport(f"line {rows.line_num}: {error}") from error
    return form, found_lines


def _unix_day(text: str) -> str:
    return datetime.fromtimestamp(_whole(text), UTC).strftime("%Y-%m-%d")


def _day(text: str) -> str:
    return datetime.fromisoformat(text.strip()).strftime("%Y-%m-%d")


def _whole(text: str) -> int:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text!r} is no whole number") from None
    if not number.is_finite() or number != number.to_integral_value():
        raise ValueError(f"{text!r} is no whole number")
    return int(number)


def _nano(text: str) -> int:
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text!r} is no amount in dollars") from None
    if not amount.is_finite():
        raise ValueError(f"{text!r} is no amount in dollars")
    return int((amount * _NANO).to_integral_value())
