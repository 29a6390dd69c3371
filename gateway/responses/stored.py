"""Responses and conversations stored at vendors: shown and deleted, for their own team."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from config.catalog import Vendor
from config.kinds import Operation
from dialects.json_objects import encode
from dialects.openai.common import read_loosely
from gateway.call import Call, Cleared
from gateway.errors import BadRequest, UpstreamError
from gateway.formats import SPOKEN
from gateway.relaying.naming import id_of
from gateway.relaying.objects import Errand, Objects, Place
from gateway.responses.owners import Owners
from gateway.services import Services
from guardrails.placeholders import LOOKALIKE
from ledger.principal import Principal

_PLACE = re.compile(LOOKALIKE)
_PATIENCE = (0.05, 0.15, 0.4)  # seconds
_CALLERS = ("user", "system", "developer")


class Stored(Objects):
    """Only those that a call made are there. What is in them passes the guards as answers do."""

    passes = False

    def __init__(self, operation: Operation, services: Services, owners: Owners) -> None:
        super().__init__(operation, services, owners)
        self._owners = owners
        self._talks = operation is Operation.CONVERSATIONS

    async def prepare(self, call: Call, principal: Principal, place: Place, vendor: Vendor) -> str:
        """With what was masked in it before, for who said it."""
        call.dialect = SPOKEN[Operation.RESPONSES]
        call.masked = await self._earlier(call, principal, place)
        return vendor.name

    def head(self, errand: Errand, query: dict[str, str]) -> bytes:
        """Raises BadRequest where it is wanted piece by piece: only what is whole can be looked at."""
        if query.get("stream", "false") != "false":
            raise BadRequest("Stored objects cannot be streamed: leave out stream.", param="stream")
        return super().head(errand, query)

    async def shown(self, errand: Errand, data: bytes) -> bytes:
        """As its caller may see it. Raises what answers' guards do."""
        told = read_loosely(data)
        if told is None:
            raise UpstreamError(f"{errand.line.target}: not JSON", status=502, code="vendor_failed")
        cleared = await self._remembering(errand, data)
        call, who = cleared.call, cleared.principal
        if self._talks and call.masked and errand.caller.method == "POST":
            earlier = await self._earlier(call, who, errand.place)
            self._owners.masked(errand.place.id or id_of(told), who, call, earlier)
        items = told.get("data") if isinstance(told, dict) else None
        listed = items if isinstance(items, list) else [told]
        others = [item for item in listed if not _is_callers(item)]
        if len(others) == len(listed):
            return await self._seen(cleared, data)
        own = iter(_given_back(cleared, [item for item in listed if _is_callers(item)]))
        if items is None:
            return encode(next(own))
        looked_at = read_loosely(await self._seen(cleared, encode({**told, "data": others})))
        rest = iter(looked_at["data"])  # an answer that ends early has no calls
        merged = [next(own if _is_callers(item) else rest, None) for item in listed]
        return encode({**looked_at, "data": [item for item in merged if item is not None]})

    async def _remembering(self, errand: Errand, data: bytes) -> Cleared:
        """The call with all that was masked there: another process may be about to write that down."""
        cleared, call = errand.cleared, errand.cleared.call
        if errand.caller.method == "GET" and call.deployment.catalog.retention.keys:
            shown = {name.decode() for name in _PLACE.findall(data)}
            for seconds in _PATIENCE if shown - (call.masked or {}).keys() else ():
                await asyncio.sleep(seconds)
                found = await self._earlier(call, cleared.principal, errand.place)
                if found != call.masked:
                    call.masked = found
                    at = errand.line.vendor.name
                    return await self._services.guardrails.clear(cleared.principal, call, at=at)
        return cleared

    async def _earlier(self, call: Call, who: Principal, place: Place) -> Mapping[str, str]:
        masks = self._owners.masks
        if masks is None or not place.id or not call.deployment.catalog.retention.keys:
            return {}
        return await (masks.of([], who, [place.id]) if self._talks else masks.of([place.id], who))


def _is_callers(item: object) -> bool:
    """Whether a caller said it, and no model: that is no answer."""
    return isinstance(item, dict) and item.get("role") in _CALLERS


def _given_back(cleared: Cleared, items: list[Any]) -> list[Any]:
    """With what was masked in them, where that is given back."""
    issued = None if cleared.shield is None else cleared.shield.issued
    return (
        items if issued is None else cast(list[Any], read_loosely(issued.replace_in_document(encode(items))))
    )


def stored_routes(services: Services, owners: Owners) -> list[BaseRoute]:
    """Each path with and without /v1, as calls have it."""
    responses = Stored(Operation.STORED_RESPONSES, services, owners)
    conversations = Stored(Operation.CONVERSATIONS, services, owners)
    return [
        Route(f"{prefix}{path}", endpoint, methods=["GET", "POST", "DELETE"])
        for path, endpoint in (
            ("/responses/compact", _not_here),
            ("/responses/{rest:path}", responses),
            ("/conversations", conversations),
            ("/conversations/{rest:path}", conversations),
        )
        for prefix in ("/v1", "")
    ]


async def _not_here(request: Request) -> Response:
    raise HTTPException(404)  # no response's id, which would be looked for
