"""Serves the table of routes over ASGI: authenticates, validates, calls the handler, answers."""

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any
from urllib.parse import parse_qs, quote, unquote

import orjson
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.routing import Route as StarletteRoute
from starlette.types import Receive, Scope, Send

from gateway.admin.errors import TRANSLATED, AdminError, admin_error
from gateway.admin.refusal import error_body
from gateway.admin.routes import AnyRoute, Ask, Nothing
from gateway.endpoints.identified import id_of
from gateway.errors import internal
from ledger.audit import ACTING
from ledger.principal import Principal

MAX_BODY = 256 * 1024  # bytes, far above any valid body

_NUL_ASKED = "%00"
_NUL_WRITTEN = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # an escape, unless its backslash is itself escaped

Authenticate = Callable[[bytes], Awaitable[Principal]]  # takes the Authorization header, or b""

_log = logging.getLogger("signalbox.admin")


def starlette_routes(table: Iterable[AnyRoute], authenticate: Authenticate) -> list[BaseRoute]:
    """The table as Starlette routes; any other path under the prefix gets our own 404."""
    by_path: dict[str, dict[str, AnyRoute]] = {}
    for route in table:
        by_path.setdefault(route.path, {})[route.method] = route
    served: list[BaseRoute] = [
        _Encoded(path, _Path(methods, authenticate)) for path, methods in by_path.items()
    ]
    return [*served, StarletteRoute("/admin/v1/{rest:path}", _Path({}, authenticate))]


class _Encoded(StarletteRoute):
    """A path split before it is decoded, so that `acme%2Fsupport` is one name with a slash."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http":
            return Match.NONE, {}
        parts = scope["raw_path"].decode("latin-1").split("/")
        path = "/".join(quote(unquote(part), safe="") for part in parts)  # a canonical encoding
        match, found = super().matches({**scope, "path": path})
        if match is not Match.NONE:
            found["path_params"] = {name: unquote(part) for name, part in found["path_params"].items()}
        return match, found


class _Path:
    """One path with its methods; a class, because Starlette then passes every method to it."""

    def __init__(self, methods: dict[str, AnyRoute], authenticate: Authenticate) -> None:
        self._methods = methods
        self._authenticate = authenticate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            caller = await self._authenticate(request.headers.get("authorization", "").encode("latin-1"))
            return await self._perform(request, self._route(request), caller)
        except AdminError as error:
            return _refusal(error, self._methods)
        except TRANSLATED as error:
            return _refusal(admin_error(error), self._methods)
        except Exception:  # noqa: BLE001 - the boundary: the log gets everything, the caller no internals
            call_id = id_of(request)
            _log.exception("request %s failed: %s %s", call_id, request.method, request.url.path)
            return _refusal(AdminError(500, internal(call_id).message, "internal_error"), {})

    def _route(self, request: Request) -> AnyRoute:
        if not self._methods:
            raise AdminError(
                404, f"There is no {request.url.path}; /openapi.json lists what there is.", "not_found"
            )
        try:
            return self._methods[request.method]
        except KeyError:
            allowed = ", ".join(self._methods)
            raise AdminError(
                405, f"{request.method} is not allowed here; allowed: {allowed}.", "method_not_allowed"
            ) from None

    async def _perform(self, request: Request, route: AnyRoute, caller: Principal) -> Response:
        if "\0" in request.url.path or _NUL_ASKED in request.url.query:
            raise _nul()
        ask = Ask(
            caller=caller,
            body=Nothing() if route.body is Nothing else _validate(route.body, await _read_json(request)),
            query=_validate(route.query, _query(request.url.query)),
            path=request.path_params,
        )
        acting = ACTING.set(f"key {caller.key_id}")
        try:
            answer = await route.handler(ask)
        finally:
            ACTING.reset(acting)
        return Response(answer.model_dump_json(), route.status, media_type="application/json")


async def _read_json(request: Request) -> Any:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise AdminError(413, f"The body is longer than {MAX_BODY} bytes.", "body_too_large")
    if _NUL_WRITTEN.search(body):
        raise _nul()
    try:
        return orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise AdminError(400, f"The body is not JSON: {error}.", "invalid_json") from error


def _nul() -> AdminError:
    # PostgreSQL cannot store it, and would fail as if it were unavailable.
    return AdminError(400, "A text holds the character NUL, which no name has.", "invalid_value")


def _query(query: str) -> dict[str, str | list[str]]:
    parsed = parse_qs(query, keep_blank_values=True)
    return {name: values[0] if len(values) == 1 else values for name, values in parsed.items()}


def _validate(model: type[BaseModel], value: Any) -> BaseModel:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _invalid(model, error) from error


def _invalid(model: type[BaseModel], error: ValidationError) -> AdminError:
    first = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(map(str, first["loc"])) or "body"
    said = first["msg"].removeprefix("Value error, ")
    if first["type"] == "model_type":  # pydantic would name our class
        said = "Input should be an object"
    if first["type"] == "extra_forbidden":
        said = f"there is no such field; allowed: {', '.join(model.model_fields) or 'none'}"
    return AdminError(400, f"{place}: {said}.", "invalid_value", place)


def _refusal(error: AdminError, methods: Iterable[str] | Sequence[str]) -> Response:
    headers = {"allow": ", ".join(methods)} if error.status == 405 else {}
    if error.status == 401:
        headers = {"www-authenticate": "Bearer"}
    content = error_body(error).model_dump_json()
    return Response(content, error.status, headers, media_type="application/json")
