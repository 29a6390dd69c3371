"""Everything that limits a caller is found once, with what the ledger knows, and a reload forgets nothing."""

import asyncio
from dataclasses import replace

import pytest

from config.catalog import TeamFacts
from config.limit import Limit
from gateway.errors import Unavailable
from gateway.metering.allowances import Allowances, limits_of, one_of_several
from ledger.meters.meter import Meter
from ledger.meters.registry import MeterId, Owner
from storage.errors import StoreDown
from tests.gateway.limited import T0, Limited
from tests.gateway.road import WHO, Answer

LIMIT = Limit("requests", 3, "minute")


def test_every_account_above_a_key_may_limit_it() -> None:
    road = Limited({"one": [Answer()]})
    catalog = replace(
        road.deployment.catalog,
        organisations={"acme": (LIMIT,)},
        teams={"support": TeamFacts("support", "acme", limits=(LIMIT,), users={"ann": (LIMIT,)})},
        tags={"app=x": (LIMIT,), "app=y": (LIMIT,)},
    )
    who = replace(WHO, limits=(LIMIT,), tags=(("app", "x"),))
    assert [str(owner) for owner, _ in limits_of(who, catalog)] == [
        "organisation acme",
        "team support",
        "user support/ann",
        "key key_1",
        "tag app=x",
    ]
    assert list(limits_of(replace(WHO, team="other", organisation="other"), catalog)) == []


class Past:
    """A ledger that can be away."""

    def __init__(self, *used: tuple[int, int], away: bool = False) -> None:
        self.used = list(used)
        self.away = away
        self.asked: list[MeterId] = []
        self.opened = asyncio.Event()
        self.opened.set()

    async def __call__(self, name: MeterId, meter: Meter) -> list[tuple[int, int]]:
        self.asked.append(name)
        await asyncio.sleep(0)
        await self.opened.wait()
        if self.away:
            raise StoreDown("away")
        return self.used


async def test_the_ledger_is_asked_once_for_each_meter() -> None:
    past = Past((T0 - 1000, 2))
    road = Limited({"one": [Answer()]}, LIMIT, history=past)
    find = road.services.ledger.allowances.find
    first, second = await asyncio.gather(*(find(WHO, "fast", road.deployment) for _ in range(2)))
    assert first.parts[0].meter is second.parts[0].meter
    assert first.parts[0].meter.room(T0) == 1
    assert [name.owner for name in past.asked] == [Owner("team", "support")]


async def test_what_may_not_be_guessed_is_refused_while_the_ledger_is_away() -> None:
    past = Past(away=True)
    road = Limited({"one": [Answer()]}, replace(LIMIT, on_store_failure="deny"), history=past)
    with pytest.raises(Unavailable, match="team support"):
        await road.services.ledger.allowances.find(WHO, "fast", road.deployment)


async def test_what_may_be_guessed_begins_at_zero_and_is_asked_again() -> None:
    past = Past((T0 - 1000, 2), away=True)
    road = Limited({"one": [Answer()]}, LIMIT, history=past)
    allowances = road.services.ledger.allowances
    found = await allowances.find(WHO, "fast", road.deployment)
    assert found.parts[0].meter.room(T0) == 3
    assert allowances.known(WHO, "fast", road.deployment) is None
    past.away = False
    await allowances.find(WHO, "fast", road.deployment)
    assert len(past.asked) == 1, "it rests"
    road.now += 15_000
    await allowances.find(WHO, "fast", road.deployment)
    assert found.parts[0].meter.room(T0) == 1
    assert allowances.known(WHO, "fast", road.deployment) is not None


async def test_whoever_waits_for_a_ledger_that_fails_waits_once() -> None:
    past = Past(away=True)
    road = Limited({"one": [Answer()]}, LIMIT, replace(LIMIT, per="hour"), history=past)
    find = road.services.ledger.allowances.find
    await asyncio.gather(*(find(WHO, "fast", road.deployment) for _ in range(4)))
    assert len(past.asked) == 1
    road.now += 15_000
    past.opened.clear()
    async with asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(find(WHO, "fast", road.deployment))
        await asyncio.sleep(0)
        await find(WHO, "fast", road.deployment)  # beside it
        assert not asking.done()
        past.away = False
        past.opened.set()
    assert len(past.asked) == 3


async def test_a_new_meter_is_told_of_calls_under_way_before_the_ledger_is_asked() -> None:
    past = Past()
    road = Limited({"one": [Answer()]}, LIMIT)
    seen: list[tuple[MeterId, int]] = []
    allowances = Allowances(
        past, lambda: road.now, under_way=lambda name, meter: seen.append((name, len(past.asked)))
    )
    for _ in range(2):
        await allowances.find(WHO, "fast", road.deployment)
    assert seen == [(past.asked[0], 0)]


async def test_a_reload_goes_on_with_what_was_used() -> None:
    road = Limited({"one": [Answer()]}, LIMIT)
    find = road.services.ledger.allowances.find
    before = await find(WHO, "fast", road.deployment)
    before.parts[0].meter.take(2, T0)
    before.learned.see(10, 10, 10)
    road.limit(replace(LIMIT, amount=4))
    assert road.services.ledger.allowances.known(WHO, "fast", road.deployment) is None
    after = await find(WHO, "fast", road.deployment)
    assert after.parts[0].meter.room(T0) == 2
    assert after.learned is before.learned


async def test_a_limit_taken_away_and_put_back_begins_with_what_the_ledger_knows() -> None:
    past = Past()
    road = Limited({"one": [Answer()] * 3}, LIMIT, history=past)
    find = road.services.ledger.allowances.find
    before = await find(WHO, "fast", road.deployment)
    road.limit()
    with await road.services.ledger.reserve(WHO, road.call()):
        pass  # nobody counts it
    past.used = [(T0, 2)]
    road.limit(LIMIT)
    after = await find(WHO, "fast", road.deployment)
    assert after.parts[0].meter is not before.parts[0].meter
    assert after.parts[0].meter.room(T0) == 1
    assert after.learned is before.learned


async def test_a_limit_that_nobody_called_without_goes_on() -> None:
    road = Limited({"one": [Answer()]}, LIMIT)
    find = road.services.ledger.allowances.find
    before = await find(WHO, "fast", road.deployment)
    road.limit()
    road.limit(LIMIT)
    assert (await find(WHO, "fast", road.deployment)).parts[0].meter is before.parts[0].meter


async def test_a_keys_own_limit_taken_away_and_put_back_is_counted_anew() -> None:
    past = Past()
    road = Limited({"one": [Answer()]}, history=past)
    ledger = road.services.ledger
    before = await ledger.allowances.find(replace(WHO, limits=(LIMIT,)), "fast", road.deployment)
    with await ledger.reserve(WHO, road.call()):
        pass
    past.used = [(T0, 2)]
    after = await ledger.allowances.find(replace(WHO, limits=(LIMIT,)), "fast", road.deployment)
    assert after.parts[0].meter is not before.parts[0].meter
    assert after.parts[0].meter.room(T0) == 1


async def test_nobody_goes_on_with_a_meter_that_was_forgotten() -> None:
    road = Limited({"one": [Answer()]}, LIMIT)
    allowances, old = road.services.ledger.allowances, road.deployment
    other = replace(WHO, key_id="key_2")
    await allowances.find(other, "fast", old)
    road.limit()
    await allowances.find(WHO, "fast", road.deployment)
    assert allowances.known(other, "fast", old) is None


async def test_a_changed_key_is_looked_up_again() -> None:
    road = Limited({"one": [Answer()]}, LIMIT)
    allowances = road.services.ledger.allowances
    await allowances.find(WHO, "fast", road.deployment)
    assert allowances.known(replace(WHO), "fast", road.deployment) is None


async def test_a_name_that_nobody_serves_is_not_remembered() -> None:
    road = Limited({"one": [Answer()]}, LIMIT)
    allowances = road.services.ledger.allowances
    found = await allowances.find(WHO, "nobody", road.deployment)
    assert len(found.parts) == 1
    assert allowances.known(WHO, "nobody", road.deployment) is None


async def test_several_workers_that_would_count_alone_refuse() -> None:
    road = Limited({"one": [Answer()]}, LIMIT)
    alone = Allowances(None, lambda: T0, alone=one_of_several)
    with pytest.raises(Unavailable, match="one worker"):
        await alone.find(WHO, "fast", road.deployment)
    road.limit()
    assert (await alone.find(WHO, "fast", road.deployment)).parts == ()
