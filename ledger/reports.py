"""Usage reports from the hourly totals, and the full story of one request."""

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
# Widths of time buckets. Hours and days are answered from the roll-ups, minutes from the rows themselves.
BUCKETS_MS: Mapping[str, int] = MappingProxyType({"minute": 60_000, "hour": HOUR_MS, "day": 24 * HOUR_MS})
_MOST_ATTEMPTS = 100  # of one request; an attempt's number is the end of its id


class Counts(msgspec.Struct, frozen=True):
    """Sums over attempts; `requests` counts each request once, `cost_nano` is in nano-dollars.

    `cache_hits` were answered without a vendor, which saved `saved_nano`.
    `estimated` and `unpriced` say how many of the attempts have tokens or prices nobody vouches for;
    vendors may bill up to `unsure_nano` more for those that hard budgets paid.
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
    cache_write_1h_tokens: int = 0  # of those written to a cache
    input_image_tokens: int = 0
    output_image_tokens: int = 0
    cached_audio_tokens: int = 0  # of those read from a cache
    images: int = 0
    characters: int = 0  # spoken
    seconds: int = 0  # heard
    searches: int = 0
    unsure_nano: int = 0


COUNTERS = Counts.__struct_fields__


class ReportRow(msgspec.Struct, frozen=True):
    """One line of a report."""

    group: dict[str, str]  # in the order asked for, without the time bucket
    start_ms: int | None  # where its time bucket begins; None when time was not asked for
    counts: Counts


@dataclass(frozen=True, slots=True)
class Question:
    """What a report is about. Raises ValueError for a dimension that does not exist.

    Times are Unix milliseconds, `since` included and `until` excluded, widened to whole hours (to whole
    minutes when `minute` is asked for).
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
        """The dimensions asked for, without the time."""
        return tuple(name for name in self.by if name not in BUCKETS_MS)

    @property
    def tags(self) -> tuple[str, ...]:
        """Every tag that the question needs, by its `tag:NAME`."""
        return tuple(name for name in (*self.names, *self.filters) if name.startswith(TAG))


async def usage(database: Database, question: Question) -> list[ReportRow]:
    """The report: by time first, then by cost, the dearest first. Raises `StoreError`."""
    found = await database.fetch(query(question))
    return fold(question, found)


def query(question: Question) -> Select[Any]:
    """The statement: start of the bucket, each dimension, the tags' JSON when needed, then the sums."""
    columns, time, width = _source(question)
    bucket = BUCKETS_MS[question.bucket] // width if question.bucket else 1
    start: ColumnElement[Any] = (time // bucket) if question.bucket else literal(0)
    keys = [columns[DIMENSIONS[name]] for name in question.names if name in DIMENSIONS]
    if question.tags:
        keys.append(columns["tags"])
    chosen = select(start.label("start"), *keys, *_sums(columns, width))
    chosen = chosen.where(time >= question.since // width, time < -(-question.until // width))
    if width != HOUR_MS:
        # Ids begin with the time of arrival: the key finds the rows of a span among millions.
        since = first_id_at(question.since // width * width)
        until = first_id_at(question.until + width)
        chosen = chosen.where(rows.c.attempt_id.between(since, until))
    for name, values in question.filters.items():
        if name in DIMENSIONS:
            chosen = chosen.where(columns[DIMENSIONS[name]].in_(values))
    return chosen.group_by(*([start] if question.bucket else []), *keys)


def fold(question: Question, found: Sequence[Sequence[Any]]) -> list[ReportRow]:
    """Rows of `query` as lines of the report, those alike in the tags asked for added up."""
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
    """One decision on a request's way."""

    stage: str
    verdict: str
    reason: str
    numbers: dict[str, Any]


async def explain(database: Database, request_id: str) -> list[UsageRow]:
    """Every attempt of a request in order; empty when none is known (yet). Raises `StoreError`."""
    # By their exact ids: a range of texts means different things under different collations.
    names = [f"{request_id}.{number}" for number in range(_MOST_ATTEMPTS)]
    found = await database.fetch(select(rows).where(rows.c.attempt_id.in_(names)))
    attempts = [_usage_row(row._mapping) for row in found]
    return sorted(attempts, key=lambda row: int(row.attempt_id.rpartition(".")[2]))


async def recorded(database: Database, since: int, until: int, most: int) -> list[UsageRow]:
    """The first `most` rows of calls that arrived in this time (Unix milliseconds, `until` excluded).

    In the order of their arrival. Raises `StoreError`.
    """
    within = (rows.c.at_ms >= since) & (rows.c.at_ms < until)
    query = select(rows).where(within).order_by(rows.c.at_ms, rows.c.attempt_id).limit(most)
    return [_usage_row(row._mapping) for row in await database.fetch(query)]


def trail(row: UsageRow) -> list[Step]:
    """The decisions of an attempt; what is not a trail gives one step that says so."""
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
