"""A secret is there while it is good, and one caller at a time fetches the next."""

import asyncio

import pytest

from gateway.signing.refreshing import RETRY_SECONDS, CredentialsUnavailable, Fresh, Refreshed


class Bank:
    """Gives out numbered secrets that are renewed after 50 seconds and end after 100."""

    def __init__(self) -> None:
        self.now = 0.0
        self.fetched = 0
        self.open = asyncio.Event()
        self.open.set()
        self.broken = False
        self.refreshed = Refreshed(self.fetch, lambda: self.now)

    async def fetch(self) -> Fresh[int]:
        self.fetched += 1
        await self.open.wait()
        if self.broken:
            raise CredentialsUnavailable("no")
        return Fresh(self.fetched, self.now + 50, self.now + 100)


async def test_a_secret_is_fetched_once_until_it_is_time() -> None:
    bank = Bank()
    assert [await bank.refreshed.get() for _ in range(3)] == [1, 1, 1]
    bank.now = 49.9
    assert await bank.refreshed.get() == 1
    bank.now = 50
    assert (await bank.refreshed.get(), bank.fetched) == (2, 2)


async def test_many_first_callers_fetch_once() -> None:
    bank = Bank()
    bank.open.clear()
    async with asyncio.TaskGroup() as group:
        callers = [group.create_task(bank.refreshed.get()) for _ in range(5)]
        await asyncio.sleep(0)
        bank.open.set()
    assert ({caller.result() for caller in callers}, bank.fetched) == ({1}, 1)


async def test_while_one_fetches_the_others_use_the_old_one_as_long_as_it_is_good() -> None:
    bank = Bank()
    await bank.refreshed.get()
    bank.now = 60
    bank.open.clear()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(bank.refreshed.get())
        await asyncio.sleep(0)
        assert await bank.refreshed.get() == 1
        bank.now = 100
        late = group.create_task(bank.refreshed.get())
        await asyncio.sleep(0)
        assert not late.done()
        bank.open.set()
    assert (first.result(), late.result(), bank.fetched) == (2, 2, 2)


async def test_where_none_can_be_fetched_the_old_one_serves_to_its_end() -> None:
    bank = Bank()
    await bank.refreshed.get()
    bank.broken, bank.now = True, 60
    assert await bank.refreshed.get() == 1
    assert (await bank.refreshed.get(), bank.fetched) == (1, 2)  # not asked again at once
    bank.now += RETRY_SECONDS
    assert (await bank.refreshed.get(), bank.fetched) == (1, 3)
    bank.now = 99
    assert (await bank.refreshed.get(), bank.fetched) == (1, 4)
    bank.now = 100
    with pytest.raises(CredentialsUnavailable):
        await bank.refreshed.get()
    bank.broken = False
    assert await bank.refreshed.get() == 6


async def test_a_caller_who_leaves_does_not_take_the_place_with_it() -> None:
    bank = Bank()
    bank.open.clear()
    async with asyncio.TaskGroup() as group:
        left = group.create_task(bank.refreshed.get())
        await asyncio.sleep(0)
        left.cancel()
    bank.open.set()
    assert (await bank.refreshed.get(), bank.fetched) == (2, 2)
