"""Usage reports from the hourly totals, and all attempts of one request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import RowMapping, Select, func, literal, select
from sqlalchemy.sql.elements import ColumnElement

from dialects.usage import Usage
from ledger.row import UsageRow, first_id_at
from ledger.statements import HOUR_MS, hourly_columns
from storage.engine import Database
from storage.schema import usage as rows
from storage.schema import usage_hourly

DIMENSIONS: Mapping[str, str] = MappingProxyType(
    {
        "organisation": "organisation",
        "team": "team",
        "user": "user",
        "key": "key_id",
        "model": "model_served",
        "asked": "model_asked",
        "vendor": "vendor",
        "endpoint": "endpoint",
    }
)
TAG = "tag:"
# Widths of time buckets. Hours and days come from the hourly totals, minutes from the rows themselves.
BUCKETS_MS: Mapping[str, int] = MappingProxyType({"minute": 60_000, "hour": HOUR_MS, "day": 24 * HOUR_MS})
_MOST_ATTEMPTS = 100  # per request; an attempt's id ends with its number


class Counts(msgspec.Struct, frozen=True):
    """Sums over attempts; `requests` counts each request once, `*_nano` are nano-dollars.

    `cache_hits` were answered without a vendor, which saved `saved_nano`. `estimated` and `unpriced` count
    attempts with estimated tokens or an unknown price; vendors may bill up to `unsure_nano` beyond the
    cost, which hard budgets have counted.
    """

    attempts: int = 0
    requests: int = 0
    errors: int = 0
    estimated: int = 0
    unpriced: int = 0
    cache_hits: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    input_audio_tokens: int = 0
    output_audio_tokens: int = 0
    cost_nano: int = 0
    saved_nano: int = 0
    cache_write_1h_tokens: int = 0  # part of cache_write_tokens
    input_image_tokens: int = 0
    output_image_tokens: int = 0
    cached_audio_tokens: int = 0  # part of cached_read_tokens
    images: int = 0
    characters: int = 0  # of synthesised speech
    seconds: int = 0  # of transcribed audio
    searches: int = 0
    unsure_nano: int = 0


COUNTERS = Counts.__struct_fields__


class ReportRow(msgspec.Struct, frozen=True):
    """One line of a report."""

    group: dict[str, str]  # in the order of the question, without the time bucket
    start_ms: int | None  # start of its time bucket; None if not grouped by time
    counts: Counts


@dataclass(frozen=True, slots=True)
class Question:
    """What a report covers. Raises ValueError if it is invalid, such as for an unknown dimension.

    Times are Unix milliseconds, `since` included and `until` excluded, widened to whole hours (to whole
    minutes if grouped by `minute`).
    """

    by: tuple[str, ...]
    since: int
    until: int
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (*self.by, *self.filters):
            if name in DIMENSIONS or (name.startswith(TAG) and len(name) > len(TAG)):
                continue
            if name not in BUCKETS_MS or name in self.filters:
                allowed = ", ".join([*DIMENSIONS, *BUCKETS_MS, "tag:NAME"])
                raise ValueError(f"{name!r} is not something to group by; allowed: {allowed}")
        if len([name for name in self.by if name in BUCKETS_MS]) > 1:
            raise ValueError("a report has one width of time: minute, hour or day")
        if self.until <= self.since:
            raise ValueError("the end of a report must be after its beginning")

    @property
    def bucket(self) -> str | None:
        return next((name for name in self.by if name in BUCKETS_MS), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The dimensions to group by, without time."""
        return tuple(name for name in self.by if name not in BUCKETS_MS)

    @property
    def tags(self) -> tuple[str, ...]:
        """Every tag that the question uses, as `tag:NAME`."""
        return tuple(name for name in (*self.names, *self.filters) if name.startswith(TAG))


async def usage(database: Database, question: Question) -> list[ReportRow]:
    """The report, sorted by time, then by cost, highest first. Raises `StoreError`."""
    found = await database.fetch(query(question))
    return fold(question, found)


def query(question: Question) -> Select[Any]:
    """The statement; its columns: bucket start, each dimension, the tags' JSON if needed, the sums."""
    columns, time, width = _source(question)
    bucket = BUCKETS_MS[question.bucket] // width if question.bucket else 1
    start: ColumnElement[Any] = (time // bucket) if question.bucket else literal(0)
    keys = [columns[DIMENSIONS[name]] for name in question.names if name in DIMENSIONS]
    if question.tags:
        keys.append(columns["tags"])
    chosen = select(start.label("start"), *keys, *_sums(columns, width))
    chosen = chosen.where(time >= question.since // width, time < -(-question.until // width))
    if width != HOUR_MS:
        # Ids begin with the time of arrival, so the primary key finds a period's rows among millions.
        since = first_id_at(question.since // width * width)
        until = first_id_at(question.until + width)
        chosen = chosen.where(rows.c.attempt_id.between(since, until))
    for name, values in question.filters.items():
        if name in DIMENSIONS:
            chosen = chosen.where(columns[DIMENSIONS[name]].in_(values))
    return chosen.group_by(*([start] if question.bucket else []), *keys)


def fold(question: Question, found: Sequence[Sequence[Any]]) -> list[ReportRow]:
    """The rows of `query` as report lines; rows that share the tags in question are added up."""
    sums: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    wide = len(found[0]) - len(COUNTERS) if found else 0
    for row in found:
        keys = dict(zip([name for name in question.names if name in DIMENSIONS], row[1:wide], strict=False))
        if question.tags:
            tags = _tags(row[wide - 1])
            keys |= {name: tags.get(name.removeprefix(TAG), "") for name in question.tags}
            if any(
                keys[name] not in question.filters[name] for name in question.tags if name in question.filters
            ):
                continue
        group = tuple(keys[name] for name in question.names)
        total = sums.setdefault((row[0], group), [0] * len(COUNTERS))
        for place, value in enumerate(row[wide:]):
            total[place] += int(value or 0)
    lines = [_line(question, start, group, total) for (start, group), total in sums.items() if total[0]]
    return sorted(lines, key=lambda line: (line.start_ms or 0, -line.counts.cost_nano, -line.counts.attempts))


def total(lines: Sequence[ReportRow]) -> Counts:
    """The sum of a report's lines."""
    return Counts(*(sum(getattr(line.counts, name) for line in lines) for name in COUNTERS))


class Step(NamedTuple):
    """One recorded decision about a request."""

    stage: str
    verdict: str
    reason: str
    numbers: dict[str, Any]


async def explain(database: Database, request_id: str) -> list[UsageRow]:
    """Every attempt of a request, in order; empty if none is in the database (yet). Raises `StoreError`."""
    # By exact ids: a range of texts depends on the collation.
    names = [f"{request_id}.{number}" for number in range(_MOST_ATTEMPTS)]
    found = await database.fetch(select(rows).where(rows.c.attempt_id.in_(names)))
    attempts = [_usage_row(row._mapping) for row in found]
    return sorted(attempts, key=lambda row: int(row.attempt_id.rpartition(".")[2]))


async def recorded(database: Database, since: int, until: int, most: int) -> list[UsageRow]:
    """The first `most` rows of calls that arrived in this time, in order of arrival.

    Times are Unix milliseconds, `until` excluded. Raises `StoreError`.
    """
    within = (rows.c.at_ms >= since) & (rows.c.at_ms < until)
    query = select(rows).where(within).order_by(rows.c.at_ms, rows.c.attempt_id).limit(most)
    return [_usage_row(row._mapping) for row in await database.fetch(query)]


def trail(row: UsageRow) -> list[Step]:
    """The decisions about an attempt; an unreadable trail gives one step that says so."""
    if not row.trail:
        return []
    try:
        return [
            Step(*step)
            for step in msgspec.json.decode(row.trail, type=list[tuple[str, str, str, dict[str, Any]]])
        ]
    except msgspec.MsgspecError:
        return [Step("trail", "unreadable", row.trail[:200], {})]


def _source(question: Question) -> tuple[Mapping[str, ColumnElement[Any]], ColumnElement[Any], int]:
    if question.bucket == "minute":
        columns = hourly_columns()
        width = BUCKETS_MS["minute"]
        return columns, rows.c.at_ms // width, width
    stored = {column.name: column for column in usage_hourly.c}
    return stored, usage_hourly.c.hour, HOUR_MS


def _sums(columns: Mapping[str, ColumnElement[Any]], width: int) -> list[ColumnElement[Any]]:
    if width == HOUR_MS:
        return [func.sum(columns[name]).label(name) for name in COUNTERS]
    return [columns[name].label(name) for name in COUNTERS]


def _line(question: Question, start: int, group: tuple[str, ...], sums: list[int]) -> ReportRow:
    start_ms = start * BUCKETS_MS[question.bucket] if question.bucket else None
    return ReportRow(dict(zip(question.names, group, strict=True)), start_ms, Counts(*sums))


def _tags(text: str) -> dict[str, str]:
    if not text:
        return {}
    try:
        found = msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.MsgspecError:
        return {}
    return {name: value if isinstance(value, str) else str(value) for name, value in found.items()}


def _usage_row(found: RowMapping) -> UsageRow:
    tokens = Usage(**{name: found[f"{name}_tokens"] for name in Usage.__struct_fields__})
    special = {"usage": tokens, "cost": found["cost_nano"], "saved": found["saved_nano"]}
    special["unsure"] = found["unsure_nano"]
    plain = {name: found[name] for name in UsageRow.__struct_fields__ if name not in special}
    return UsageRow(**plain, **special)
