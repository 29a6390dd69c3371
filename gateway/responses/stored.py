"""Shows and deletes responses and conversations stored at vendors, for the team that owns them."""

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
    """The endpoint of stored objects; only those made by calls exist. Contents are guarded like answers."""

    passes = False

    def __init__(self, operation: Operation, services: Services, owners: Owners) -> None:
        super().__init__(operation, services, owners)
        self._owners = owners
        self._talks = operation is Operation.CONVERSATIONS

    async def prepare(self, call: Call, principal: Principal, place: Place, vendor: Vendor) -> str:
        """Load the values masked in it, for the key or user that sent them; returns the vendor's name."""
        call.dialect = SPOKEN[Operation.RESPONSES]
        call.masked = await self._earlier(call, principal, place)
        return vendor.name

    def head(self, errand: Errand, query: dict[str, str]) -> bytes:
        """The request head. Raises BadRequest if a stream is requested: guards need the whole object."""
        if query.get("stream", "false") != "false":
            raise BadRequest("Stored objects cannot be streamed: leave out stream.", param="stream")
        return super().head(errand, query)

    async def shown(self, errand: Errand, data: bytes) -> bytes:
        """The body as the caller may see it. Raises what guards of answers raise."""
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
        rest = iter(looked_at["data"])  # guards may have removed items, such as tool calls
        merged = [next(own if _is_callers(item) else rest, None) for item in listed]
        return encode({**looked_at, "data": [item for item in merged if item is not None]})

    async def _remembering(self, errand: Errand, data: bytes) -> Cleared:
        """The call with all masked values: waits for those that another process may be about to write."""
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
    """Whether a caller, not a model, wrote the item: it is not part of an answer."""
    return isinstance(item, dict) and item.get("role") in _CALLERS


def _given_back(cleared: Cleared, items: list[Any]) -> list[Any]:
    """The items with their masked values restored, if the team's settings restore them."""
    issued = None if cleared.shield is None else cleared.shield.issued
    return (
        items if issued is None else cast(list[Any], read_loosely(issued.replace_in_document(encode(items))))
    )


def stored_routes(services: Services, owners: Owners) -> list[BaseRoute]:
    """The routes, each with and without /v1."""
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
    raise HTTPException(404)  # must not be looked up as a response's id
