"""The record of changes: written with the change, told after it, read from where one was."""

import pytest
from sqlalchemy import delete

from ledger.changes import AccountStore, changes_since, last_change, orders_since
from storage.schema import account_changes
from tests.ledger.world import Clock, opened


@pytest.fixture
async def store(tmp_path):
    async with opened(tmp_path / "a.db") as database:
        told: list[str] = []
        yield AccountStore(database, Clock(), bytes, told.append), told


async def note(store: AccountStore, *subjects: str) -> None:
    async with store.change() as change:
        for subject in subjects:
            await change.note("key", subject)


async def test_who_was_touched_is_told_after_the_commit(store) -> None:
    store, told = store
    async with store.change() as change:
        await change.note("team", "team_a")
        assert told == []
    assert told == ["team_a"]
    assert await last_change(store.database) == 1


async def test_a_change_that_fails_is_not_recorded_yet_told(store) -> None:
    store, told = store
    with pytest.raises(ZeroDivisionError):
        async with store.change() as change:
            await change.note("team", "team_a")
            raise ZeroDivisionError
    assert await last_change(store.database) == 0
    assert told == ["team_a"]


async def test_changes_are_read_from_where_one_was(store) -> None:
    store, _ = store
    assert (await changes_since(store.database, 0)).subjects == ()
    await note(store, "a", "b")
    first = await changes_since(store.database, 0)
    assert (first.last, first.subjects) == (2, ("a", "b"))
    await note(store, "c")
    second = await changes_since(store.database, first.last)
    assert (second.last, second.subjects) == (3, ("c",))
    assert (await changes_since(store.database, 3)).subjects == ()


async def test_a_long_absence_is_read_in_bounded_batches(store) -> None:
    store, _ = store
    rows = [{"kind": "key", "subject_id": str(n), "at_ms": 0} for n in range(1500)]
    async with store.database.transaction() as transaction:
        await transaction.execute(account_changes.insert(), rows)
    first = await changes_since(store.database, 0)
    assert (len(first.subjects), first.more) == (1000, True)
    second = await changes_since(store.database, first.last)
    assert (second.last, len(second.subjects), second.more) == (1500, 500, False)


async def test_a_database_that_was_replaced_is_noticed(store) -> None:
    store, _ = store
    await note(store, "a", "b")
    assert (await changes_since(store.database, 77)).subjects is None


async def test_a_number_is_never_given_twice(store) -> None:
    store, _ = store
    await note(store, "a")
    async with store.database.transaction() as transaction:
        await transaction.execute(delete(account_changes))
    await note(store, "b")
    assert await last_change(store.database) == 2


def test_ids_say_what_they_are_of() -> None:
    store = AccountStore(None, Clock(1.5), lambda n: b"\xff" * n, print)  # type: ignore[arg-type]
    assert store.new_id("team") == "team_" + "z" * 16
    assert store.now_ms() == 1500


async def test_orders_to_forget_are_told_with_the_time_of_the_last_of_each(store) -> None:
    store, _ = store
    await note(store, "key_a")
    rows = [
        {"kind": "answers", "subject_id": name, "at_ms": at}
        for name, at in (("x", 1), ("x", 3000), ("y", 2000))
    ]
    async with store.database.transaction() as transaction:
        await transaction.execute(account_changes.insert(), rows)
    found = await orders_since(store.database, 0)
    assert (found.last, found.at) == (4, {"x": 3.0, "y": 2.0})
    assert await orders_since(store.database, 3) == (4, {"y": 2.0})
    assert await orders_since(store.database, 4) == (4, {})
    assert (await orders_since(store.database, 77)).at == found.at  # another database's number
