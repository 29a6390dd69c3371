"""Pages: every item once, also while new ones come."""

import pytest

from ledger.entities import NotFound
from tests.ledger.world import world


@pytest.fixture
async def w(tmp_path):
    async with world(tmp_path / "a.db") as made:
        yield made


async def pages(w, size: int) -> list[list[str]]:
    found, after, more = [], None, True
    while more:
        listing = await w.accounts.organisations.list(size, after)
        found.append([item.name for item in listing.items])
        after, more = listing.items[-1].id, listing.more
    return found


@pytest.mark.parametrize(("size", "lengths"), [(1, [1] * 6), (4, [4, 2]), (6, [6]), (7, [6])])
async def test_pages_hold_every_item_once(w, size, lengths) -> None:
    for number in range(6):
        w.clock.now += number % 2  # pairs of the same instant
        await w.accounts.organisations.create(f"org {number}")
    found = await pages(w, size)
    assert [len(page) for page in found] == lengths
    assert sorted(sum(found, [])) == [f"org {number}" for number in range(6)]


async def test_the_newest_comes_first_and_later_ones_do_not_shift_a_page(w) -> None:
    for number in range(3):
        w.clock.now += 1
        await w.accounts.organisations.create(f"org {number}")
    first = await w.accounts.organisations.list(2)
    assert [item.name for item in first.items] == ["org 2", "org 1"]
    w.clock.now += 1
    await w.accounts.organisations.create("later")
    rest = await w.accounts.organisations.list(2, first.items[-1].id)
    assert [item.name for item in rest.items] == ["org 0"]


async def test_a_page_after_nothing_known_is_refused(w) -> None:
    with pytest.raises(NotFound, match="org_nobody") as refusal:
        await w.accounts.organisations.list(2, "org_nobody")
    assert refusal.value.param == "after"
