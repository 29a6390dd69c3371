"""Answers that are kept, in the administrative API: forgotten on order."""

from collections.abc import Awaitable, Callable
from typing import Literal

from caching.purging import What, order
from gateway.admin.errors import AdminError
from gateway.admin.routes import AnyRoute, Ask, Nothing, Route, Strict


class PurgeBody(Strict):
    """Which answers to forget: all, or those of a team, model, tag or key."""

    what: What
    value: str = ""


class PurgeAnswer(Strict):
    """The order was given; every process obeys it within a second."""

    object: Literal["cache.purge"] = "cache.purge"
    what: What
    value: str


def cache_routes(forget: Callable[[str], Awaitable[None]]) -> tuple[AnyRoute, ...]:
    """Purge. `forget` tells every process."""

    async def purge(ask: Ask[PurgeBody, Nothing]) -> PurgeAnswer:
        what, value = ask.body.what, ask.body.value
        if (what == "all") is bool(value):
            raise AdminError(
                400, "`value` names the team, model, tag or key; `all` takes none.", "invalid_request"
            )
        await forget(order(what, value))
        return PurgeAnswer(what=what, value=value)

    summary = "Forget answers that are kept"
    return (Route("POST", "/admin/v1/cache/purge", summary, purge, PurgeBody, Nothing, PurgeAnswer),)
