"""Contents in a database, of both kinds."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import delete, select

from gateway.contents.sealing import CannotOpen, Locksmith
from gateway.contents.vault import Content, Vault
from ledger.contents import shred
from storage.engine import Database, open_database
from storage.ready import ensure_schema
from storage.schema import content_keys, contents
from tests.gateway.contents.copies import FIRST, SECOND
from tests.storage.postgres import postgres


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request, tmp_path) -> AsyncIterator[Database]:
    url = f"sqlite:///{tmp_path}/a.db" if request.param == "sqlite" else request.getfixturevalue("server")
    opened = open_database(url, deadline=10.0)
    await ensure_schema(opened)
    async with opened.transaction() as transaction:
        for table in (contents, content_keys):
            await transaction.execute(delete(table))
    yield opened
    await opened.close()


def content(request_id: str, holder: str = "ann", text: bytes = b'"the owls sleep"') -> Content:
    return Content(request_id, 1000, 5000, "support", holder, "full", text)


async def test_what_is_kept_is_read_and_kept_once(database) -> None:
    vault = Vault(database, Locksmith([FIRST]))
    assert await vault.keep([content("r1"), content("r2", "bob")], 1) == 2
    assert (
        await Vault(database, Locksmith([FIRST])).keep([content("r1", text=b"other"), content("r3")], 2) == 2
    )
    row, text = await vault.read("r1")
    assert (row.team, row.store, text) == ("support", "full", b'"the owls sleep"')
    assert await vault.read("r9") is None
    assert len(await database.fetch(select(content_keys))) == 2


async def test_what_begins_alike_is_read_together(database) -> None:
    vault = Vault(database, Locksmith([FIRST]))
    names = ["masksof12ab", "masksof12cd", "masks-12ab", "masksof13", "masksof12", "masksof12g", "req_1"]
    await vault.keep([content(name, "bob" if name.endswith("cd") else "ann") for name in names], 1)
    assert {row.request_id for row, _ in await vault.read_all("masksof12")} == {
        "masksof12ab",
        "masksof12cd",
        "masksof12",
    }
    async with database.transaction() as transaction:
        await shred(transaction, ["bob"], 9)
    assert sorted(row.request_id for row, _ in await vault.read_all("masksof12")) == ["masksof12", names[0]]


async def test_who_is_shredded_stays_shredded(database) -> None:
    vault = Vault(database, Locksmith([FIRST]))
    await vault.keep([content("r1"), content("r2", "bob")], 1)
    async with database.transaction() as transaction:
        assert await shred(transaction, ["ann", "cid"], 9) == 1
    with pytest.raises(CannotOpen, match="shredded"):
        await vault.read("r1")
    assert (await vault.read("r2")) is not None
    late = [content("r3"), content("r4", "cid"), content("r5", "bob")]
    assert await vault.keep(late, 10) == 1  # what was still on its way is not kept


async def test_locks_are_turned(database) -> None:
    await Vault(database, Locksmith([FIRST])).keep([content("r1"), content("r2", "bob")], 1)
    turned = Vault(database, Locksmith([SECOND, FIRST]))
    assert (await turned.relock(), await turned.relock()) == (2, 0)
    assert (await Vault(database, Locksmith([SECOND])).read("r1"))[1] == b'"the owls sleep"'
    assert await Vault(database, Locksmith([FIRST])).relock() == 0  # it cannot open what is there
    assert await Vault(database, Locksmith([])).relock() == 0
    assert await Vault(database, Locksmith([FIRST])).keep([content("r3")], 1) == 0
