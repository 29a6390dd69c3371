"""Erasing a person, in the admin API."""

from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec

from gateway.admin.errors import AdminError
from gateway.admin.routes import AnyRoute, Ask, Nothing, Route, Strict
from gateway.erasing import Receipt

Erase = Callable[[str], Awaitable[Receipt]]


class EraseBody(Strict):
    """The user to erase: an id, `TEAM/NAME`, or a name that only one team has."""

    user: str


class EraseAnswer(Strict):
    """The receipt. `audit` is the audit row (SEQ:HASH) that records its `sha256`."""

    object: Literal["erasure"] = "erasure"
    user: str
    team: str
    alias: str
    at: str
    done: list[dict[str, str | int]]
    left: list[str]
    sha256: str
    audit: str


def erase_routes(erase: Erase) -> tuple[AnyRoute, ...]:
    """The route to erase a user; it answers once all is done."""

    async def handler(ask: Ask[EraseBody, Nothing]) -> EraseAnswer:
        try:
            return EraseAnswer(**msgspec.structs.asdict(await erase(ask.body.user)))
        except OSError as error:
            said = f"A file could not be deleted ({error.strerror}); erase again, it goes on from there."
            raise AdminError(503, said, "store_unavailable") from error

    summary = "Erase everything about a user, but what was paid"
    return (Route("POST", "/admin/v1/erase", summary, handler, EraseBody, Nothing, EraseAnswer),)
