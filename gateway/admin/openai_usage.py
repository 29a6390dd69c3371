"""OpenAI's organisation usage API over the ledger, for tools made for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pydantic import AliasChoices, Field

from config.kinds import OBJECT_PATHS, Operation
from gateway.admin.errors import AdminError
from gateway.admin.fields import UnixSeconds
from gateway.admin.routes import AnyRoute, Ask, Nothing, Route, Strict
from gateway.admin.usage import Texts
from ledger.changes import Clock
from ledger.money import NANO
from ledger.reports import BUCKETS_MS, Question, ReportRow, usage
from storage.engine import Database

# OpenAI's names for our dimensions: a project is a team, a line item a model.
_TOKEN_GROUPS = {"project_id": "team", "user_id": "user", "api_key_id": "key", "model": "model"}
_COST_GROUPS = {"project_id": "team", "api_key_id": "key", "line_item": "model"}
_FILTERS = {"models": "model", "project_ids": "team", "user_ids": "user", "api_key_ids": "key"}

_WIDTHS = {"1m": "minute", "1h": "hour", "1d": "day"}
# Default and greatest number of buckets per page:
# https://platform.openai.com/docs/api-reference/usage
_LIMITS = {"1m": (60, 1440), "1h": (24, 168), "1d": (7, 180)}
_PAGE = "page_"
_BASE = "/v1/organization"


def _many(name: str) -> AliasChoices:
    # OpenAI's own SDK writes lists as `name[]=a&name[]=b`.
    return AliasChoices(name, f"{name}[]")


class BucketQuery(Strict):
    """The parameters of OpenAI's usage reports. `project_ids` are our teams."""

    start_time: UnixSeconds
    end_time: UnixSeconds | None = None
    bucket_width: Literal["1m", "1h", "1d"] = "1d"
    group_by: Texts = Field([], validation_alias=_many("group_by"))
    limit: int | None = Field(None, ge=1)
    page: str | None = None
    models: Texts = Field([], validation_alias=_many("models"))
    project_ids: Texts = Field([], validation_alias=_many("project_ids"))
    user_ids: Texts = Field([], validation_alias=_many("user_ids"))
    api_key_ids: Texts = Field([], validation_alias=_many("api_key_ids"))


class Used(Strict):
    """The number of requests in one group of one bucket, in OpenAI's terms."""

    num_model_requests: int
    project_id: str | None = None
    user_id: str | None = None
    api_key_id: str | None = None
    model: str | None = None


class CompletionsResult(Used):
    """The tokens of conversations."""

    object: Literal["organization.usage.completions.result"] = "organization.usage.completions.result"
    input_tokens: int
    output_tokens: int
    input_cached_tokens: int
    input_audio_tokens: int
    output_audio_tokens: int
    batch: bool | None = None
    service_tier: str | None = None


class EmbeddingsResult(Used):
    """The tokens of embedded texts."""

    object: Literal["organization.usage.embeddings.result"] = "organization.usage.embeddings.result"
    input_tokens: int


class ModerationsResult(Used):
    """The tokens of moderated texts."""

    object: Literal["organization.usage.moderations.result"] = "organization.usage.moderations.result"
    input_tokens: int


class ImagesResult(Used):
    """The images that were generated."""

    object: Literal["organization.usage.images.result"] = "organization.usage.images.result"
    images: int
    source: str | None = None
    size: str | None = None


class SpeechesResult(Used):
    """The characters of synthesised speech."""

    object: Literal["organization.usage.audio_speeches.result"] = "organization.usage.audio_speeches.result"
    characters: int


class TranscriptionsResult(Used):
    """The seconds of transcribed audio."""

    object: Literal["organization.usage.audio_transcriptions.result"] = (
        "organization.usage.audio_transcriptions.result"
    )
    seconds: int


class _Report(NamedTuple):
    """A usage report: the counters that it sums, and over which operations."""

    said: str
    result: type[Used]
    counts: Mapping[str, str]  # our counter by OpenAI's name
    operations: frozenset[Operation]
    unknown: frozenset[str] = frozenset()  # dimensions that OpenAI has but the ledger does not record


_TALK = frozenset(
    each
    for each in Operation
    if not (each.embeds or each.counts or each.relayed or each in OBJECT_PATHS)
    and each not in (Operation.PASSTHROUGH, Operation.STORED_RESPONSES)
)
_TOKENS = {
    name: name for name in ("input_tokens", "output_tokens", "input_audio_tokens", "output_audio_tokens")
}
_INPUT = {"input_tokens": "input_tokens"}
_REPORTS = {
    "completions": _Report(
        "Tokens",
        CompletionsResult,
        {**_TOKENS, "input_cached_tokens": "cached_read_tokens"},
        _TALK,
        frozenset(["batch", "service_tier"]),
    ),
    "embeddings": _Report(
        "Embeddings", EmbeddingsResult, _INPUT, frozenset(each for each in Operation if each.embeds)
    ),
    "moderations": _Report("Moderations", ModerationsResult, _INPUT, frozenset([Operation.MODERATIONS])),
    "images": _Report(
        "Pictures",
        ImagesResult,
        {"images": "images"},
        frozenset([Operation.IMAGES, Operation.IMAGE_EDITS, Operation.IMAGE_VARIATIONS]),
        frozenset(["source", "size"]),
    ),
    "audio_speeches": _Report(
        "Speech", SpeechesResult, {"characters": "characters"}, frozenset([Operation.SPEECH])
    ),
    "audio_transcriptions": _Report(
        "Transcriptions",
        TranscriptionsResult,
        {"seconds": "seconds"},
        frozenset([Operation.TRANSCRIPTIONS, Operation.TRANSLATIONS]),
    ),
}


class Amount(Strict):
    """Dollars in OpenAI's format; `/admin/v1/usage` has exact amounts."""

    value: float
    currency: Literal["usd"] = "usd"


class CostsResult(Strict):
    """The cost of one group of one bucket, in OpenAI's terms; a line item is a model."""

    object: Literal["organization.costs.result"] = "organization.costs.result"
    amount: Amount
    line_item: str | None = None
    project_id: str | None = None
    api_key_id: str | None = None


class Bucket(Strict):
    """One interval of time; without results if nothing was used."""

    object: Literal["bucket"] = "bucket"
    start_time: UnixSeconds
    end_time: UnixSeconds
    results: list[
        CompletionsResult
        | EmbeddingsResult
        | ModerationsResult
        | ImagesResult
        | SpeechesResult
        | TranscriptionsResult
        | CostsResult
    ]


class BucketPage(Strict):
    """Buckets in order; repeat the request with `page` = `next_page` while `has_more` is true."""

    object: Literal["page"] = "page"
    data: list[Bucket]
    has_more: bool
    next_page: str | None


@dataclass(frozen=True, slots=True)
class Window:
    """The buckets of one page."""

    width: Literal["1m", "1h", "1d"]
    first: int  # Unix seconds, a multiple of the width
    end: int  # of the page
    until: int  # of the whole report

    @property
    def seconds(self) -> int:
        return BUCKETS_MS[_WIDTHS[self.width]] // 1000


def openai_usage_routes(database: Database, clock: Clock) -> tuple[AnyRoute, ...]:
    """The routes for each kind of usage, and for costs."""

    def used(name: str, report: _Report) -> AnyRoute:
        endpoints = {"endpoint": tuple(each.value for each in report.operations)}

        async def added_up(ask: Ask[Nothing, BucketQuery]) -> BucketPage:
            window = window_of(ask.query, int(clock()))
            groups = _groups(ask.query, _TOKEN_GROUPS, report.unknown)
            question = _question(ask.query, window, groups, endpoints)
            return _filled(window, await usage(database, question), lambda line: _used(report, line, groups))

        path, said = f"{_BASE}/usage/{name}", f"{report.said} in OpenAI's shape"
        return Route("GET", path, said, added_up, Nothing, BucketQuery, BucketPage)

    async def costs(ask: Ask[Nothing, BucketQuery]) -> BucketPage:
        window, groups = window_of(ask.query, int(clock())), _groups(ask.query, _COST_GROUPS)
        question = _question(ask.query, window, groups, {})
        return _filled(window, await usage(database, question), lambda line: _cost(line, groups))

    said = "Costs in OpenAI's shape"
    return (
        *(used(name, report) for name, report in _REPORTS.items()),
        Route("GET", f"{_BASE}/costs", said, costs, Nothing, BucketQuery, BucketPage),
    )


def window_of(query: BucketQuery, now: int) -> Window:
    """The requested buckets. Raises `AdminError` 400 if the range, the limit or the page is invalid."""
    width = query.bucket_width
    seconds = BUCKETS_MS[_WIDTHS[width]] // 1000
    usual, most = _LIMITS[width]
    limit = usual if query.limit is None else query.limit
    if limit > most:
        raise AdminError(400, f"limit: at most {most} buckets of {width}.", "invalid_value", "limit")
    until = now if query.end_time is None else query.end_time
    if until <= query.start_time:
        raise AdminError(400, "end_time: must be after start_time.", "invalid_value", "end_time")
    first = _cursor(query.page, seconds) if query.page else query.start_time // seconds * seconds
    return Window(width, first, max(first + seconds, min(first + limit * seconds, until)), until)


def _cursor(page: str, seconds: int) -> int:
    text = page.removeprefix(_PAGE)
    if not page.startswith(_PAGE) or not text.isdecimal() or len(text) > 12 or int(text) % seconds:
        raise AdminError(400, "page: must be the next_page of an answer.", "invalid_value", "page")
    return int(text)


def _groups(
    query: BucketQuery, allowed: Mapping[str, str], unknown: frozenset[str] = frozenset()
) -> Mapping[str, str]:
    for name in query.group_by:
        if name not in allowed and name not in unknown:
            known = ", ".join([*allowed, *sorted(unknown)])
            raise AdminError(400, f"group_by: {name!r} is not one of {known}.", "invalid_value", "group_by")
    return {name: allowed[name] for name in query.group_by if name in allowed}


def _question(
    query: BucketQuery, window: Window, groups: Mapping[str, str], filters: Mapping[str, Sequence[str]]
) -> Question:
    asked = {ours: values for name, ours in _FILTERS.items() if (values := getattr(query, name))}
    by = (*dict.fromkeys(groups.values()), _WIDTHS[window.width])
    return Question(by, window.first * 1000, window.end * 1000, {**filters, **asked})


def _filled(
    window: Window, lines: Sequence[ReportRow], result: Callable[[ReportRow], Used | CostsResult]
) -> BucketPage:
    found: dict[int, list[Any]] = {}
    for line in lines:
        found.setdefault((line.start_ms or 0) // 1000, []).append(result(line))
    starts = range(window.first, window.end, window.seconds)
    more = window.end < window.until
    return BucketPage(
        data=[
            Bucket(start_time=start, end_time=start + window.seconds, results=found.get(start, []))
            for start in starts
        ],
        has_more=more,
        next_page=f"{_PAGE}{starts[-1] + window.seconds}" if more else None,
    )


def _used(report: _Report, line: ReportRow, groups: Mapping[str, str]) -> Used:
    counted = {theirs: getattr(line.counts, ours) for theirs, ours in report.counts.items()}
    return report.result(**counted, num_model_requests=line.counts.requests, **_named(line, groups))


def _cost(line: ReportRow, groups: Mapping[str, str]) -> CostsResult:
    return CostsResult(amount=Amount(value=line.counts.cost_nano / NANO), **_named(line, groups))


def _named(line: ReportRow, groups: Mapping[str, str]) -> dict[str, Any]:
    return {name: line.group[ours] for name, ours in groups.items()}
