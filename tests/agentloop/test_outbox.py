"""Messages of tools wait in the database: one for each key, until they were sent."""

import pytest
from sqlalchemy import delete

from agentloop.outbox import KEEP_MS, Message, Outbox
from storage.schema import tool_outbox
from tests.agentloop.databases import opened, sqlite_url
from tests.storage.postgres import postgres

HELLO = Message("KEY", "line", "refunds", '{"key":"KEY"}')


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request, tmp_path_factory):
    if request.param == "sqlite":
        yield sqlite_url(tmp_path_factory.mktemp("outbox"))
        return
    with postgres() as running:
        yield running


@pytest.fixture
async def box(url):
    now = [1000.0]
    async with opened(url) as database:
        async with database.transaction() as transaction:
            await transaction.execute(delete(tool_outbox))
        yield Outbox(database, lambda: now[0]), now


async def test_a_key_has_one_message_and_the_first_one_counts(box):
    outbox, _ = box
    first = await outbox.put(HELLO)
    assert await outbox.put(HELLO._replace(body="{}")) == first
    assert await outbox.due() == [first]


async def test_what_was_sent_is_not_due_and_still_known(box):
    outbox, now = box
    first = await outbox.put(HELLO)
    await outbox.sent(first, "1-0")
    await outbox.failed(first)  # another process, which did not know
    now[0] += 1000
    assert await outbox.due() == []
    assert (await outbox.put(HELLO)).entry == "1-0"


async def test_what_failed_comes_again_each_time_later(box):
    outbox, now = box
    message = await outbox.put(HELLO)
    pauses = []
    for _ in range(9):
        await outbox.failed(message)
        began = now[0]
        while not (due := await outbox.due()):
            now[0] += 0.5
        [message] = due
        pauses.append(now[0] - began)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (0.5, 60.0)


async def test_what_nobody_asks_for_any_more_is_forgotten(box):
    outbox, now = box
    await outbox.sent(await outbox.put(HELLO), "1-0")
    assert await outbox.forget() == 0
    now[0] += KEEP_MS / 1000 + 1
    assert await outbox.forget() == 1
