"""Erasing over HTTP has a journey; here is what is said where a file cannot be deleted."""

import pytest

from gateway.admin.erase import EraseBody, erase_routes
from gateway.admin.errors import AdminError
from gateway.admin.routes import Ask, Nothing
from gateway.erasing import Receipt
from tests.gateway.road import WHO

RECEIPT = Receipt(
    "user_1", "support", "erased-x", "2026-11-26T12:00:00Z", [{"where": "keys", "number": 1}], []
)


async def test_the_receipt_is_the_answer() -> None:
    async def erase(ref: str) -> Receipt:
        assert ref == "support/ann"
        return RECEIPT

    (route,) = erase_routes(erase)
    answer = await route.handler(Ask(WHO, EraseBody(user="support/ann"), Nothing()))
    assert (answer.user, answer.done) == ("user_1", RECEIPT.done)


async def test_what_could_not_be_deleted_can_be_tried_again() -> None:
    async def erase(ref: str) -> Receipt:
        raise PermissionError(13, "Permission denied")

    (route,) = erase_routes(erase)
    with pytest.raises(AdminError, match="Permission denied"):
        await route.handler(Ask(WHO, EraseBody(user="ann"), Nothing()))
