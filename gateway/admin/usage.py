"""Usage reports in the admin API, grouped as requested."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BeforeValidator, Field

from gateway.admin.errors import AdminError
from gateway.admin.fields import UnixSeconds
from gateway.admin.routes import AnyRoute, Ask, Nothing, Route, Strict
from ledger.changes import Clock
from ledger.money import decimal_dollars
from ledger.reports import DIMENSIONS, TAG, Counts, Question, ReportRow, total, usage
from ledger.span import moment
from storage.engine import Database


def listed(value: object) -> object:
    """Wraps a parameter that was given once in a list."""
    return [value] if isinstance(value, str) else value


Texts = Annotated[list[str], BeforeValidator(listed)]


class UsageQuery(Strict):
    """The period, grouping and filters of a report."""

    by: Texts = Field(["team"], description="Dimensions and at most one of minute, hour, day.")
    since: str = Field("7d", description="How long ago (24h, 7d), a date, or a moment in ISO 8601.")
    until: str = "now"
    organisation: Texts = []
    team: Texts = []
    user: Texts = []
    key: Texts = []
    model: Texts = []
    asked: Texts = []
    vendor: Texts = []
    endpoint: Texts = []
    tag: Texts = Field([], description="NAME=VALUE; may be repeated.")


class CountsAnswer(Strict):
    """Sums over attempts. The cost is exact: as text in dollars, as a number in nano-dollars."""

    attempts: int
    requests: int
    errors: int
    estimated: int
    unpriced: int
    cache_hits: int
    input_tokens: int
    output_tokens: int
    cached_read_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    input_audio_tokens: int
    output_audio_tokens: int
    cache_write_1h_tokens: int
    input_image_tokens: int
    output_image_tokens: int
    cached_audio_tokens: int
    images: int
    characters: int
    seconds: int
    searches: int
    cost_nano: int
    saved_nano: int
    unsure_nano: int
    cost_usd: str


class LineAnswer(CountsAnswer):
    """One line of a report."""

    group: dict[str, str]
    start_time: UnixSeconds | None


class UsageAnswer(Strict):
    """A report, sorted by time, then by cost, highest first."""

    object: Literal["usage.report"] = "usage.report"
    by: list[str]
    start_time: UnixSeconds
    end_time: UnixSeconds
    data: list[LineAnswer]
    total: CountsAnswer


def usage_routes(database: Database, clock: Clock) -> tuple[AnyRoute, ...]:
    """The route for usage reports."""

    async def report(ask: Ask[Nothing, UsageQuery]) -> UsageAnswer:
        try:
            question = question_of(ask.query, int(clock() * 1000))
        except ValueError as error:
            raise AdminError(400, f"{error}.", "invalid_value") from error
        return usage_answer(question, await usage(database, question))

    said = "What was used, added up as asked"
    return (Route("GET", "/admin/v1/usage", said, report, Nothing, UsageQuery, UsageAnswer),)


def question_of(query: UsageQuery, now_ms: int) -> Question:
    """The query as a question to the ledger. Raises ValueError with a message for the user."""
    filters = {name: values for name in DIMENSIONS if (values := getattr(query, name))}
    filters |= filters_of([TAG + text for text in query.tag])
    return Question(tuple(query.by), moment(query.since, now_ms), moment(query.until, now_ms), filters)


def filters_of(texts: Sequence[str]) -> dict[str, list[str]]:
    """`model=a`, `model=b`, `tag:app=mail` as filters: values of one name are alternatives.

    Raises ValueError with a message for the user.
    """
    filters: dict[str, list[str]] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"{text.removeprefix(TAG)!r} is no filter; write NAME=VALUE")
        filters.setdefault(name, []).append(value)
    return filters


def usage_answer(question: Question, lines: list[ReportRow]) -> UsageAnswer:
    """A report as shown in JSON, here and on the command line."""
    return UsageAnswer(
        by=list(question.by),
        start_time=question.since // 1000,
        end_time=question.until // 1000,
        data=[_line(line) for line in lines],
        total=CountsAnswer(**_counts(total(lines))),
    )


def _line(line: ReportRow) -> LineAnswer:
    start = None if line.start_ms is None else line.start_ms // 1000
    return LineAnswer(group=line.group, start_time=start, **_counts(line.counts))


def _counts(counts: Counts) -> dict[str, Any]:
    return {
        **msgspec.structs.asdict(counts),
        "cost_usd": decimal_dollars(counts.cost_nano),
    }
