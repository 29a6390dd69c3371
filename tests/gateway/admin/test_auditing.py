"""Routes that change no account are entered too, when they did something."""

from typing import Any

from gateway.admin.auditing import audited
from gateway.admin.routes import Ask, Nothing, Route, Strict
from ledger.audit import entries
from tests.gateway.road import WHO
from tests.ledger.world import world


class Done(Strict):
    version: str = "v2"


async def test_what_is_posted_is_entered_and_what_is_read_is_not(tmp_path) -> None:
    async def do(_: Ask[Nothing, Nothing]) -> Done:
        return Done()

    routes = (
        Route("GET", "/admin/v1/config", "Show", do, Nothing, Nothing, Done),
        Route("POST", "/admin/v1/reload", "Load", do, Nothing, Nothing, Done),
    )
    async with world(tmp_path / "a.db") as there:
        for route in audited(routes, there.accounts.store):
            answer: Any = await route.handler(Ask(WHO, Nothing(), Nothing()))
            assert answer == Done()
        found = [each async for each in entries(there.database)]
    assert [(each.action, each.subject, each.details) for each in found] == [
        ("reload.post", "/admin/v1/reload", '{"version":"v2"}')
    ]
