"""Purges cached answers, in the admin API."""

import re
from typing import Literal

from caching.purging import KEY_DIGITS, What, order
from gateway.admin.errors import AdminError
from gateway.admin.routes import AnyRoute, Ask, Nothing, Route, Strict
from ledger.accounts import Accounts
from ledger.entities import InvalidChange

_KEY = re.compile(rf"[0-9a-f]{{{KEY_DIGITS}}}")


class PurgeBody(Strict):
    """Which answers to purge: all, or those of a team, model, tag or key."""

    what: What
    value: str = ""


class PurgeAnswer(Strict):
    """The order was accepted; every process carries it out within a second."""

    object: Literal["cache.purge"] = "cache.purge"
    what: What
    value: str


async def forget(accounts: Accounts, what: What, value: str) -> None:
    """Purge cached answers; a team may be given by name or id.

    Raises NotFound if there is no such team, InvalidChange if the key is malformed.
    """
    if what == "team":
        value = (await accounts.teams.get(value)).name
    elif what == "key":
        value = value.strip().lower()
        if not _KEY.fullmatch(value):
            raise InvalidChange(f"{value!r} is no key: one has {KEY_DIGITS} digits, as `explain` shows it.")
    await accounts.forget_answers(order(what, value))


def cache_routes(accounts: Accounts) -> tuple[AnyRoute, ...]:
    """The route to purge."""

    async def purge(ask: Ask[PurgeBody, Nothing]) -> PurgeAnswer:
        what, value = ask.body.what, ask.body.value
        if (what == "all") is bool(value):
            raise AdminError(
                400, "`value` names the team, model, tag or key; `all` takes none.", "invalid_request"
            )
        await forget(accounts, what, value)
        return PurgeAnswer(what=what, value=value)

    summary = "Forget answers that are kept"
    return (Route("POST", "/admin/v1/cache/purge", summary, purge, PurgeBody, Nothing, PurgeAnswer),)
