"""Responses as they lie at their vendors: shown and deleted there, for their own team."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from config.kinds import Operation
from gateway.relaying.objects import Errand, Objects
from gateway.responses.owners import Owners
from gateway.services import Services
from guardrails.restoring import Issued


class StoredResponses(Objects):
    """Only those that a call made are there."""

    def __init__(self, services: Services, owners: Owners) -> None:
        super().__init__(Operation.STORED_RESPONSES, services, owners)
        self._masks = owners.masks

    async def shown(self, errand: Errand, data: bytes) -> bytes:
        """With what was masked, for who said it."""
        if self._masks is None or not errand.cleared.call.deployment.catalog.retention.keys:
            return data
        values = await self._masks.of([errand.place.id], errand.cleared.principal)
        return Issued(values).replace_in_document(data) if values else data


def response_routes(services: Services, owners: Owners) -> list[BaseRoute]:
    """Each path with and without /v1, as calls have it."""
    stored, methods = StoredResponses(services, owners), ["GET", "POST", "DELETE"]
    return [
        route
        for prefix in ("/v1", "")
        for route in (
            Route(f"{prefix}/responses/compact", _not_here, methods=["POST"]),
            Route(f"{prefix}/responses/{{rest:path}}", stored, methods=methods),
        )
    ]


async def _not_here(request: Request) -> Response:
    raise HTTPException(404)  # no response's id, which would be looked for
