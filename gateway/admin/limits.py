"""Usage of limits and budgets, in the admin API."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Literal

from gateway.admin.fields import UnixSeconds
from gateway.admin.routes import AnyRoute, Ask, Nothing, Route, Strict
from ledger.meters.forecast import reached_at
from ledger.meters.meter import Meter
from ledger.meters.registry import MeterId
from ledger.meters.windows import NEVER


class LimitsQuery(Strict):
    """The owner whose limits to show; without one, all limits used since the start."""

    owner: str | None = None


class LimitAnswer(Strict):
    """One limit. Amounts of `spend` are in nano-dollars."""

    object: Literal["limit"] = "limit"
    level: str
    owner: str
    kind: str
    per: str
    models: list[str] | None
    hard: bool
    amount: int
    used: int
    held: int
    left: int
    resets_at: UnixSeconds | None
    reached_at: UnixSeconds | None = None  # forecast at this window's rate so far; None: not within it


class LimitsAnswer(Strict):
    """The limits, grouped by owner, in order of first use."""

    object: Literal["list"] = "list"
    data: list[LimitAnswer]


def limit_routes(
    meters: Callable[[], Awaitable[Iterable[tuple[MeterId, Meter]]]], now_ms: Callable[[], int]
) -> tuple[AnyRoute, ...]:
    """The route to show the limits that this process counts."""

    async def show(ask: Ask[Nothing, LimitsQuery]) -> LimitsAnswer:
        wanted = ask.query.owner
        found = [
            limit_answer(name, meter, now_ms())
            for name, meter in await meters()
            if wanted is None or name.owner.name == wanted
        ]
        return LimitsAnswer(data=found)

    showing = "Show what is used and held of limits and budgets"
    return (Route("GET", "/admin/v1/limits", showing, show, Nothing, LimitsQuery, LimitsAnswer),)


def limit_answer(name: MeterId, meter: Meter, now: int) -> LimitAnswer:
    """A meter as shown in JSON, here and on the command line."""
    left = meter.left(now)
    ends = meter.resets_at
    calendar = meter.starts > 0 and ends < NEVER
    window = meter.starts, ends
    reached = reached_at(meter.used, meter.limit.amount, window, now) if calendar else None
    return LimitAnswer(
        level=name.owner.level,
        owner=name.owner.name,
        kind=name.kind,
        per=name.per,
        models=None if name.models is None else list(name.models),
        hard=meter.limit.hard,
        amount=meter.limit.amount,
        used=meter.used,
        held=meter.held,
        left=max(0, left),
        resets_at=None if ends >= NEVER else -(-ends // 1000),
        reached_at=None if reached is None else reached // 1000,
    )
