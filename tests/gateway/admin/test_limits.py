"""What is used of limits, over the administrative API."""

from typing import Any

from config.limit import Limit
from gateway.admin.limits import LimitsQuery, limit_answer, limit_routes
from gateway.admin.routes import Ask, Nothing
from ledger.meters.meter import Meter
from ledger.meters.registry import MeterId, Meters, Owner
from tests.gateway.road import WHO

T0 = 1_790_000_000_000 - 1_790_000_000_000 % 86_400_000


async def test_each_meter_says_what_is_used_held_and_left() -> None:
    meters = Meters()
    meter = meters.find(Owner("team", "support"), Limit("spend", 100, "day", ("fast",), hard=True), T0).meter
    meters.find(Owner("key", "k1"), Limit("concurrent", 4, "once"), T0)
    meter.take(30, T0)
    meter.settle(0, 20, T0, T0)

    async def shown() -> list[tuple[MeterId, Meter]]:
        return meters.items()

    [route] = limit_routes(shown, lambda: T0)
    every: Any = await route.handler(Ask(WHO, Nothing(), LimitsQuery()))
    assert [(one.level, one.owner, one.used, one.held, one.left) for one in every.data] == [
        ("team", "support", 20, 30, 50),
        ("key", "k1", 0, 0, 4),
    ]
    assert every.data[0].resets_at == T0 // 1000 + 86_400
    assert every.data[1].resets_at is None
    ours: Any = await route.handler(Ask(WHO, Nothing(), LimitsQuery(owner="k1")))
    assert [one.owner for one in ours.data] == ["k1"]


def test_what_is_overdrawn_has_nothing_left() -> None:
    [(name, meter)] = [
        (found.id, found.meter)
        for found in [Meters().find(Owner("tag", "a=b"), Limit("tokens", 1, "day"), T0)]
    ]
    meter.settle(0, 5, T0, T0)
    assert (limit_answer(name, meter, T0).left, limit_answer(name, meter, T0).used) == (0, 5)
