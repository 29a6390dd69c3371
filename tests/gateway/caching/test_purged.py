"""An answer that was asked for before a purge is not kept after it."""

import asyncio

import msgspec

from caching.purging import doomed, order
from gateway.caching.purged import Purged
from tests.gateway.caching.test_recalling import ask, call, road, said
from tests.gateway.caching.test_sought import call as asking
from tests.gateway.caching.test_sought import sought
from tests.gateway.road import WHOLE, Answer
from tests.patience import until


def test_only_what_came_before_an_order_and_is_meant_is_purged() -> None:
    now = 60.0
    purged = Purged(lambda: now)
    one = sought(asking())
    assert not isinstance(one, str)
    assert not purged.meant(one)
    meant = doomed([order("team", one.team)])
    other = doomed([order("tag", "faq")])
    assert meant is not None and other is not None
    purged.note(other)
    assert not purged.meant(one)
    purged.note(meant)
    assert purged.meant(one)
    late = sought(asking(arrived=61.0))
    assert not isinstance(late, str)
    assert not purged.meant(late)


def test_orders_that_are_forgotten_mean_all_that_came_before_them() -> None:
    now = 60.0
    purged = Purged(lambda: now)
    other, one = doomed([order("tag", "faq")]), sought(asking())
    assert other is not None and not isinstance(one, str)
    purged.note(other)
    now = 60.0 + 4000
    purged.note(other)
    assert purged.meant(one)


async def test_an_answer_in_the_air_is_not_kept_nor_shared_with_who_comes_later() -> None:
    gate = asyncio.Event()
    here = road(Answer(steps=(gate.wait, WHOLE)), Answer())
    first = asyncio.ensure_future(ask(here, call(here, "req_1")))
    await until(lambda: bool(here.vendors.requests))
    here.services.cache.obey([order("model", "fast")])
    late = msgspec.structs.replace(call(here, "req_2"), arrived=here.clock.monotonic())
    assert said(await ask(here, late), b"x-signalbox-cache") == b"miss"
    here.services.cache.memory.purge(lambda fingerprint, kept: True)
    gate.set()
    assert said(await first, b"x-signalbox-cache") == b"miss"
    assert len(here.services.cache.memory) == 0


async def test_those_who_come_after_a_purge_share_one_call_though_an_older_one_is_in_the_air() -> None:
    gate = asyncio.Event()
    here = road(Answer(steps=(gate.wait, WHOLE)), Answer())
    first = asyncio.ensure_future(ask(here, call(here, "req_1")))
    await until(lambda: bool(here.vendors.requests))
    here.services.cache.obey([order("model", "fast")])
    late = [call(here, f"req_{number}") for number in range(2, 12)]
    now = here.clock.monotonic()
    await asyncio.gather(*(ask(here, msgspec.structs.replace(each, arrived=now)) for each in late))
    assert len(here.vendors.requests) == 2
    gate.set()
    await first
