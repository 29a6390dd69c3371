"""Contents over HTTP have a journey; here is what the route says where there is nothing."""

from typing import Any, cast

import pytest

from gateway.admin.contents import content_routes
from gateway.admin.errors import AdminError
from gateway.admin.routes import Ask, Nothing
from gateway.contents.sealing import CannotOpen
from tests.gateway.road import WHO


class Nowhere:
    refusals = (CannotOpen,)

    def __init__(self, refuses: bool) -> None:
        self.refuses = refuses

    async def vault(self) -> "Nowhere":
        return self

    async def read(self, request_id: str) -> None:
        if self.refuses:
            raise CannotOpen("The key was shredded.")


@pytest.mark.parametrize(("refuses", "status"), [(False, 404), (True, 409)], ids=["nothing", "locked"])
async def test_what_cannot_be_shown_says_why(refuses: bool, status: int) -> None:
    (route,) = content_routes(cast(Any, Nowhere(refuses)), cast(Any, None))
    with pytest.raises(AdminError) as refused:
        await route.handler(Ask(WHO, Nothing(), Nothing(), {"request": "req_1"}))
    assert refused.value.status == status
