"""Contents end when their time is over."""

from sqlalchemy import insert, select

from ledger.contents import _BATCH, expire
from storage.schema import contents


async def test_what_is_over_is_deleted_and_nothing_else(database) -> None:
    rows = [
        {
            "request_id": f"r{number}",
            "at_ms": 0,
            "expires_ms": number,
            "team": "support",
            "key_id": "ann",
            "store": "full",
            "sealed": b"x",
        }
        for number in range(2 * _BATCH + 10)
    ]
    async with database.transaction() as transaction:
        await transaction.execute(insert(contents), rows)
    assert await expire(database, 2 * _BATCH) == 2 * _BATCH + 1
    assert len(await database.fetch(select(contents))) == 9
    assert await expire(database, 0) == 0
