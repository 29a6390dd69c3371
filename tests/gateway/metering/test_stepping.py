"""A clock that is set back takes nothing from limits, and makes none of them forget."""

import asyncio
from pathlib import Path

import pytest

from config.limit import Limit, Per
from gateway.clock import SYSTEM_CLOCK, Clock
from gateway.metering import stepping
from gateway.metering.stepping import notice_steps
from ledger.meters.leased import LIFE_MS, Leased
from ledger.meters.meter import Meter
from storage.redis import Redis as Store
from tests.gateway.limited import T0, Limited
from tests.gateway.metering.test_leasing import Process, patiently, spend
from tests.gateway.road import WHO, Answer
from tests.storage.redis_server import redis_server

DAY = 86_400_000


class Stepped:
    """A wall clock that says this at each look, of which one comes each second."""

    def __init__(self, *walls: int) -> None:
        self.walls = walls
        self.look = 0
        self.ended = asyncio.Event()

    def unix_ms(self) -> int:
        return self.walls[min(self.look, len(self.walls) - 1)]

    def monotonic(self) -> float:
        self.look += 1
        if self.look == len(self.walls):
            self.ended.set()
        return self.look - 1.0


@pytest.mark.parametrize(
    ("walls", "told"),
    [
        ((0, 1000, 2000, 3000), []),
        ((0, 1000, 2000 + 40 * DAY, 3000 + 40 * DAY), []),
        ((0, 1000 + 40 * DAY, 2000 + 40 * DAY, 3000, 4000), [3]),
        ((0, 0, 0, 0, 0), []),  # slowly set right
        ((0, -2000, -1000, -4_000_000, -4_000_000), [1, 3]),
    ],
)
async def test_only_steps_back_are_told(
    monkeypatch: pytest.MonkeyPatch, walls: tuple[int, ...], told: list[int]
) -> None:
    monkeypatch.setattr(stepping, "LOOK_SECONDS", 0.0)
    stepped, found = Stepped(*walls), list[int]()
    clock = Clock(stepped.unix_ms, lambda: 0.0, stepped.monotonic)
    noticing = asyncio.ensure_future(notice_steps(clock, lambda _: found.append(stepped.look - 1)))
    await stepped.ended.wait()
    noticing.cancel()
    assert found == told


@pytest.mark.parametrize("per", ["minute", "hour", "day", "month"])
async def test_limits_go_on_with_the_ledger_when_a_glitch_of_the_clock_is_over(per: Per) -> None:
    rows = [(T0 - 1000, 1)]

    async def past(*_: object) -> list[tuple[int, int]]:
        return rows

    road = Limited({"one": [Answer()] * 9}, Limit("requests", 3, per), history=past)
    ledger = road.services.ledger
    before = await ledger.allowances.find(WHO, "fast", road.deployment)
    meter = before.parts[0].meter
    assert meter.room(T0) == 2
    assert meter.room(T0 + 40 * DAY) == 3  # the clock is ahead, and another window begins
    ledger.allowances.set_back(T0)
    assert ledger.allowances.known(WHO, "fast", road.deployment) is None
    after = await ledger.allowances.find(WHO, "fast", road.deployment)
    assert after.parts[0].meter is not meter and after.parts[0].meter.room(T0) == 2
    ledger.allowances.set_back(T0)  # nothing began that is not yet
    assert ledger.allowances.known(WHO, "fast", road.deployment) is after


def test_what_is_open_at_once_has_no_window_and_stays() -> None:
    meter = Meter(Limit("concurrent", 3, "once"), T0)
    assert meter.take(1, T0 + 40 * DAY) and not meter.set_back(T0)


def test_a_lease_ends_by_the_clock_as_it_was_set() -> None:
    meter = Leased(Limit("spend", 100, "total", hard=True), T0)
    meter.answered([50, 0, 50, 1, 0, 1, 0], T0 + DAY)
    assert meter.take(10, T0 + DAY)
    meter.settle(10, 10, T0 + DAY, T0 + DAY)
    assert not meter.set_back(T0)
    assert meter.room(T0 + 1) == 40
    assert meter.room(T0 + LIFE_MS) == 0  # somebody else may have it by now


@pytest.mark.parametrize("first", ["right", "wrong"])
async def test_a_process_whose_clock_is_ahead_begins_no_window_for_the_others(
    tmp_path: Path, first: str
) -> None:
    with redis_server(tmp_path) as running:
        store, now = Store(running.url, 20.0, lambda: 0.0), SYSTEM_CLOCK.unix_ms()
        right, wrong = (Process(store, "team", spend(100), base=30) for _ in range(2))
        right.now, wrong.now = now, now + 40 * DAY
        for each in (right, wrong) if first == "right" else (wrong, right):
            each.anew("team")
            assert await each.take(10)
            each.settle(10, 10)
            await each.leasing.renew()
        await right.leasing.renew()
        assert right.meter.everyone == (50 if first == "right" else 40)
        assert not await patiently(wrong, 65, [right, wrong])
        assert await patiently(right, 50, [wrong, right])
        await store.close()
