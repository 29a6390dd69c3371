"""Kill switches over HTTP: `/v1/kill_switches`, for keys with the role admin."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from agentloop.switches import SCOPES, Switch, Switches, scope_of
from dialects.errors import UNREADABLE
from gateway.admin.gate import OPERATOR, alike
from gateway.endpoints.plain import answering
from gateway.endpoints.reading import credential_of
from gateway.errors import BadRequest, NotFound, RoleNeeded, TooLarge, Unavailable
from gateway.services import Services
from ledger.principal import Principal
from storage.errors import StoreError

_MOST_BYTES = 64 * 1024


class _Wish(msgspec.Struct, forbid_unknown_fields=True):
    """The body that turns a switch on."""

    scope: str
    name: str = ""
    reason: str = ""


_READ = msgspec.json.Decoder(_Wish)


class Stopping:
    """The endpoints of kill switches."""

    def __init__(self, services: Services, switches: Switches) -> None:
        self._services = services
        self._switches = switches

    async def all(self, request: Request) -> Response:
        await self._operator(request)
        await _stored(self._switches.refresh())
        return JSONResponse({"object": "list", "data": [view(each) for each in self._switches.on]})

    async def stop(self, request: Request) -> Response:
        principal = await self._operator(request)
        try:
            wish = _READ.decode(await _body(request))
        except UNREADABLE as error:
            raise BadRequest(
                f"The body is not a valid kill switch: {error}. Expected {{scope, name, reason}}."
            ) from None
        scope = scope_of(wish.scope)
        if scope is None:
            allowed = ", ".join(SCOPES)
            raise BadRequest(f"'{wish.scope}' cannot be stopped; a scope is one of {allowed}.", param="scope")
        if (scope == "all") is bool(wish.name) or len(wish.name) > 200:
            raise BadRequest(
                "The scope 'all' takes no name; every other scope needs one of at most 200 characters."
            )
        switch = Switch(scope, wish.name, principal.key_id, wish.reason[:2000])
        await _stored(self._switches.set(switch))
        return JSONResponse(view(switch))

    async def lift(self, request: Request) -> Response:
        await self._operator(request)
        scope, name = request.path_params["scope"], request.path_params.get("name", "")
        if not await _stored(self._switches.lift(scope_of(scope) or scope, name)):
            raise NotFound(f"There is no kill switch '{f'{scope} {name}'.strip()}'.")
        return Response(status_code=204)

    async def _operator(self, request: Request) -> Principal:
        credential = credential_of(request)
        configured = self._services.deployment.catalog.settings.admin_key
        if configured is not None and alike(credential, configured):
            return OPERATOR
        principal = await self._services.keys.holder(credential)
        if principal.role != "admin":
            raise RoleNeeded(
                "Only a key with the role admin (`signalbox keys create --admin`), or the `admin_key` of the "
                "configuration, stops things."
            )
        return principal

    def routes(self) -> list[BaseRoute]:
        """The routes, each with the usual error format and request id."""
        table: tuple[tuple[str, str, Callable[[Request], Awaitable[Response]]], ...] = (
            ("GET", "/v1/kill_switches", self.all),
            ("POST", "/v1/kill_switches", self.stop),
            ("DELETE", "/v1/kill_switches/{scope}", self.lift),
            ("DELETE", "/v1/kill_switches/{scope}/{name:path}", self.lift),
        )
        return [Route(path, answering(handler), methods=[method]) for method, path, handler in table]


def view(switch: Switch) -> dict[str, Any]:
    """An active switch as JSON."""
    return {
        "object": "kill_switch",
        "scope": switch.scope,
        "name": switch.name or None,
        "by": switch.by,
        "reason": switch.reason,
    }


async def _stored(doing: Awaitable[Any]) -> Any:
    try:
        return await doing
    except StoreError as error:
        raise Unavailable("Kill switches cannot be written or read now; try again.") from error


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            raise TooLarge(f"The body is over {_MOST_BYTES} bytes.")
    return bytes(body)
