"""The server says what it waits for; the rest of it has journeys."""

from typing import Any, cast

import pytest

from gateway.server.serving import Server


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    """An application that is not asked."""


@pytest.mark.parametrize(
    ("count", "says"),
    [(0, "no request is open"), (1, "1 open request has 5 s"), (3, "3 open requests have 5 s")],
)
def test_it_says_what_it_still_waits_for(count: int, says: str) -> None:
    server = Server(nothing, cast(Any, None), 5.0, lambda: None)
    server.server_state.tasks = cast(Any, {object() for _ in range(count)})
    assert server.farewell.startswith(says)
    with server.capture_signals():
        assert not server.listening.is_set()
