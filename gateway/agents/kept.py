"""Existing responses of agents: shown, streamed again from any event, cancelled."""

from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from agentloop.journal import ACTIVE
from gateway.agents.desk import Desk
from gateway.agents.responses import Responses
from gateway.agents.telling import place_of
from gateway.endpoints.plain import answering
from gateway.endpoints.reading import credential_of
from gateway.errors import BadRequest
from gateway.services import Services
from ledger.principal import Principal

_YES = ("true", "1", "True")


class OfAgents(Route):
    """A route that matches agents' responses only; other ids belong to vendors."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        if match is not Match.NONE and place_of(found["path_params"]["response_id"]) is None:
            return Match.NONE, {}
        return match, found


class Kept:
    """The endpoints below `/v1/responses/`."""

    def __init__(self, services: Services, desk: Desk, responses: Responses) -> None:
        self._services = services
        self._desk = desk
        self._responses = responses

    async def show(self, request: Request) -> Response:
        """The current response, or its events after `starting_after`."""
        principal = await self._principal(request)
        run_id, number = await self._place(request, principal)
        if request.query_params.get("stream") not in _YES:
            return _json(await self._responses.shown(principal, run_id, number))
        after = _number(request.query_params.get("starting_after"))
        events = self._responses.stream(principal, run_id, number, after)
        return StreamingResponse(events, media_type="text/event-stream")

    async def cancel(self, request: Request) -> Response:
        """Cancels the run, and returns its latest response."""
        principal = await self._principal(request)
        run_id, _ = await self._place(request, principal)
        record, _ = await self._desk.show(principal, run_id)
        if record.status in ACTIVE:
            await self._desk.cancel(principal, run_id)
        return _json(await self._responses.last(principal, run_id))

    async def inputs(self, request: Request) -> Response:
        """The run's input items."""
        principal = await self._principal(request)
        run_id, _ = await self._place(request, principal)
        _, events = await self._desk.events(principal, run_id, 0)
        given = events[0].input if events and hasattr(events[0], "input") else ()
        items = [
            {"type": "message", "id": f"in_{run_id[4:]}_{place}", **msgspec.json.decode(item.json)}
            for place, item in enumerate(given)
        ]
        ids = [item["id"] for item in items]
        page = {"first_id": ids[0] if ids else None, "last_id": ids[-1] if ids else None, "has_more": False}
        return JSONResponse({"object": "list", "data": items, **page})

    async def _place(self, request: Request, principal: Principal) -> tuple[str, int]:
        name = request.path_params["response_id"]
        await self._responses.told(principal, name)
        place = place_of(name)
        assert place is not None  # `told` accepts no other ids
        return place

    async def _principal(self, request: Request) -> Principal:
        return await self._services.keys.holder(credential_of(request))

    def routes(self) -> list[BaseRoute]:
        """The routes, each with and without /v1, as for calls."""
        table: tuple[tuple[str, str, Callable[[Request], Awaitable[Response]]], ...] = (
            ("GET", "/responses/{response_id}", self.show),
            ("POST", "/responses/{response_id}/cancel", self.cancel),
            ("GET", "/responses/{response_id}/input_items", self.inputs),
        )
        return [
            OfAgents(prefix + path, answering(handler), methods=[method])
            for prefix in ("/v1", "")
            for method, path, handler in table
        ]


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


def _number(text: str | None) -> int:
    if text is None:
        return -1
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadRequest(
            f"starting_after: found '{text}', expected the sequence_number of the last event received."
        )
    return int(text)
