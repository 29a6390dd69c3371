"""Passthrough: any call to a vendor's API, unchanged, for teams that may use it."""

import re
from collections.abc import AsyncIterator, Iterable
from urllib.parse import quote, unquote, unquote_plus

from starlette.types import Receive, Scope, Send

from config.catalog import TeamFacts, Vendor
from config.kinds import Operation
from gateway.call import Cleared
from gateway.errors import BadRequest, Header, PassthroughNotAllowed
from gateway.relaying.attempt import Outgoing, RelayAttempt
from gateway.relaying.border import Visit, serve
from gateway.relaying.caller import Caller
from gateway.relaying.relay import answer_headers
from gateway.relaying.shown import show
from gateway.routing.residency import may_go
from gateway.services import Services
from gateway.upstream import Response, header_line
from gateway.ways import request_head
from ledger.prices import FREE, Quote
from ledger.principal import Principal
from ledger.scope import compile_scope

_PREFIX = re.compile(rb"/passthrough/[^/]*(/[^?]*)")
# Encoded dots, backslashes, percent signs and control characters, which vendors may decode in any way.
_DISGUISED = re.compile(rb"%(?:2e|5c|25|0|1|7f)|\\", re.IGNORECASE)
# Vendors may decode an encoded slash, as in an ARN; it passes if the path leads nowhere else even then:
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
_SLASH = re.compile(rb"/|%2f", re.IGNORECASE)
_HOP = frozenset(  # https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
    [b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection"]
    + [b"te", b"trailer", b"transfer-encoding", b"upgrade"]
)
# Headers for us, headers that identify the caller, headers that the connection to the vendor sets itself.
_OURS = frozenset(
    [b"accept-encoding", b"content-length", b"expect", b"host", b"user-agent", b"x-client-request-id"]
    + [b"api-key", b"authorization", b"cookie", b"x-api-key", b"x-goog-api-key"]
    + [b"forwarded", b"via", b"x-real-ip", b"x-amz-security-token", b"x-amz-date"]
)
_OUR_KINDS = (b"x-forwarded-", b"x-signalbox-")
_NOT_TOLD = _HOP | {b"set-cookie", b"x-request-id", b"x-signalbox-trail", b"alt-svc"}


class Passing:
    """The passthrough endpoint of all vendors."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await serve(Caller(scope, receive, send), self._services, Operation.PASSTHROUGH.value, self._answer)

    async def _answer(self, visit: Visit) -> None:
        caller, services, catalog = visit.caller, self._services, visit.deployment.catalog
        principal = await services.keys.holder(visit.credential)
        name = caller.named["vendor"]
        team, vendor = catalog.teams.get(principal.team), catalog.vendors.get(name)
        if vendor is None or team is None or name not in team.passthrough or _narrowed(principal, team):
            # The same for an unknown vendor, so as not to reveal which vendors exist.
            raise PassthroughNotAllowed(
                f"Team '{principal.team}' may not call the API of '{name}'. "
                f"The configuration allows it (teams.{principal.team}.passthrough) to keys "
                f"that may use whatever the team may."
            )
        if not may_go(team, vendor):
            raise PassthroughNotAllowed(
                f"The calls of team '{principal.team}' stay in {', '.join(sorted(team.regions or ()))}, and "
                f"'{name}' is not declared to be there (vendors.{name}.region)."
            )
        visit.label = name
        call = visit.call(Operation.PASSTHROUGH, name, stream=False)
        with await services.ledger.reserve(principal, call):
            caller.limit, caller.patience = catalog.settings.max_upload_bytes, catalog.settings.body_timeout
            body = await _body(caller)
            cleared = await services.guardrails.clear(principal, call, unread=body is not None)
            line = visit.deployment.errand(vendor, Operation.PASSTHROUGH.value)
            sending = Outgoing(await self._head(cleared, caller, vendor), body, raw=True)
            attempt = RelayAttempt(cleared, line, Quote(FREE, priced=False), services.books, 1)
            try:
                await attempt.open(sending, caller)
                headers = answer_headers(line, attempt.response, _told(attempt.response))
                await show(attempt, caller, headers, services.guardrails.watch)
            finally:
                attempt.close()

    async def _head(self, cleared: Cleared, caller: Caller, vendor: Vendor) -> bytes:
        """The request head, with path, query and headers as guards release them."""
        path = safe_path(caller.path)
        query = [pair for pair in caller.query.split(b"&") if pair and not pair.startswith(b"key=")]
        kept_back = (vendor.kind.auth_header, *(name for name, _ in vendor.headers))
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in passed_headers(caller.headers, kept_back)
        ]
        was = [("path", unquote(path)), *map(_pair, query), *headers]
        now = await self._services.guardrails.clear_beside(cleared, was)
        if now != was:
            path = path if now[0] == was[0] else quote(now[0][1], safe="/")
            after = 1 + len(query)
            query = [
                raw if pair == _pair(raw) else _quoted(pair)
                for raw, pair in zip(query, now[1:after], strict=True)
            ]
            headers = now[after:]
        asked = f"?{b'&'.join(query).decode('latin-1')}" if query else ""
        try:
            lines = [header_line(*pair) for pair in headers]
            return request_head(vendor, caller.method, path + asked) + b"".join(lines)
        except ValueError as error:
            raise BadRequest(f"The request cannot be passed on: {error}.") from None


def _narrowed(principal: Principal, team: TeamFacts) -> bool:
    """Whether a key may use less than its team; a call's model is not visible here, so it is refused."""
    return principal.scope != (None if team.models is None else compile_scope(team.models))


def safe_path(raw: bytes) -> str:
    """The path after the vendor's name. Raises BadRequest if it could lead elsewhere."""
    found = _PREFIX.fullmatch(raw)
    path = found[1] if found is not None else b""
    steps = _SLASH.split(path)
    if not path or _DISGUISED.search(path) or b"" in steps[1:-1] or {b".", b".."} & set(steps):
        raise BadRequest("The path after the vendor's name must not contain '.', '..' or empty segments.")
    return path.decode("latin-1")


def passed_headers(headers: Iterable[Header], kept_back: Iterable[str]) -> list[Header]:
    """The caller's headers that may be sent to the vendor."""
    pairs = list(headers)
    named = {
        name.strip().lower() for key, value in pairs if key == b"connection" for name in value.split(b",")
    }
    hidden = _HOP | _OURS | named | {name.lower().encode() for name in kept_back}
    return [pair for pair in pairs if pair[0] not in hidden and not pair[0].startswith(_OUR_KINDS)]


def _pair(raw: bytes) -> tuple[str, str]:
    """A name and a value of a query, decoded."""
    name, _, value = raw.decode("latin-1").partition("=")
    return unquote_plus(name), unquote_plus(value)


def _quoted(pair: tuple[str, str]) -> bytes:
    return "=".join(quote(each, safe="") for each in pair).encode()


async def _body(caller: Caller) -> AsyncIterator[bytes] | None:
    """The body as it arrives; None if there is none, so that no body is announced."""
    first = await caller.next()
    return _flowing(caller, first) if first else None


async def _flowing(caller: Caller, first: bytes) -> AsyncIterator[bytes]:
    yield first
    while piece := await caller.next():
        yield piece


def _told(response: Response) -> frozenset[bytes]:
    return frozenset(name for name, _ in response.headers) - _NOT_TOLD
