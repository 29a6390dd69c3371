"""The cache in the admin API: its size, the quality of its hits, and single answers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from caching.kept import Kept
from caching.purging import KEY_DIGITS
from gateway.admin.errors import AdminError
from gateway.admin.routes import AnyRoute, Ask, Nothing, Route, Strict
from gateway.caching.recalling import Recalling

if TYPE_CHECKING:
    from caching.semantic.acceptance import Report
    from caching.semantic.pool import Pool
    from gateway.caching.inquiry import Place


class ThresholdAnswer(Strict):
    """One team's threshold for one model: at most the share `bound` of `given` hits was wrong, at 95 %."""

    team: str
    model: str
    state: Literal["cold", "learned", "closed"]
    threshold: float | None  # for the cosine, or a learned verifier; None: no hits are served
    given: int
    checked: int
    wrong: int
    bound: float
    max_wrong_rate: float
    labels: int
    all_given: int | None = None  # of all processes that share a store; None: unknown
    all_bound: float | None = None


class CacheAnswer(Strict):
    """The cache of the process that answers."""

    object: Literal["cache"] = "cache"
    answers: int
    bytes: int
    texts: int
    semantic: list[ThresholdAnswer]


class KeptAnswer(Strict):
    """One answer cached in memory, without its content. Times are Unix seconds."""

    object: Literal["cache.answer"] = "cache.answer"
    key: str
    team: str
    model: str
    vendor: str
    model_served: str
    stream: bool
    bytes: int
    cost_nano: int
    at: float
    fresh_until: float
    tags: list[str]


def kept_routes(cache: Callable[[], Recalling]) -> tuple[AnyRoute, ...]:
    """The routes to show the cache's figures and one answer."""

    async def stats(_: Ask[Nothing, Nothing]) -> CacheAnswer:
        found = cache()
        likeness = found.likeness
        reports, pools = ({}, {}) if likeness is None else (likeness.reports, likeness.pools)
        return CacheAnswer(
            answers=len(found.memory),
            bytes=found.memory.bytes,
            texts=0 if likeness is None else likeness.texts,
            semantic=[_threshold(place, each, pools.get(place)) for place, each in sorted(reports.items())],
        )

    async def one(ask: Ask[Nothing, Nothing]) -> KeptAnswer:
        key = ask.path["key"].strip().lower()
        found = cache().memory.find(key)
        if found is None:
            said = f"No answer is kept in this process under '{key[:64]}'; `explain` shows a call's key."
            raise AdminError(404, said, "not_found")
        return _kept(*found)

    stats_summary, one_summary = "Show what is kept of answers", "Show one answer that is kept"
    return (
        Route("GET", "/admin/v1/cache", stats_summary, stats, Nothing, Nothing, CacheAnswer),
        Route("GET", "/admin/v1/cache/{key}", one_summary, one, Nothing, Nothing, KeptAnswer),
    )


def _threshold(place: "Place", report: "Report", pool: "Pool | None") -> ThresholdAnswer:
    return ThresholdAnswer(
        team=place.team,
        model=place.model,
        state=report.state,
        threshold=round(report.threshold, 4) if report.threshold <= 1 else None,
        given=report.given,
        checked=report.checked,
        wrong=report.wrong,
        bound=round(report.bound, 6),
        max_wrong_rate=report.max_wrong,
        labels=report.labels,
        all_given=None if pool is None else pool.given,
        all_bound=None if pool is None else round(pool.bound, 6),
    )


def _kept(fingerprint: bytes, kept: Kept) -> KeptAnswer:
    return KeptAnswer(
        key=fingerprint.hex()[:KEY_DIGITS],
        team=kept.team,
        model=kept.model,
        vendor=kept.vendor,
        model_served=kept.model_served,
        stream=kept.stream,
        bytes=kept.size,
        cost_nano=kept.cost,
        at=kept.at,
        fresh_until=kept.fresh_until,
        tags=list(kept.tags),
    )
