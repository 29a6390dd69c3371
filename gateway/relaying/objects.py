"""Relays requests for objects stored at vendors, such as files and batches, for the team that owns them."""

import re
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, urlencode

import msgspec
from starlette.types import Receive, Scope, Send

from config.catalog import Vendor
from config.kinds import Operation
from dialects.openai.common import read_loosely
from gateway.call import Call, Cleared
from gateway.deployment import Deployment, Line
from gateway.errors import BadRequest, NotAllowed, NotFound, Unavailable, Unpriced, UpstreamError
from gateway.relaying.attempt import Outgoing, RelayAttempt
from gateway.relaying.batch_files import made_among, names_of
from gateway.relaying.border import Visit, serve
from gateway.relaying.caller import Caller
from gateway.relaying.naming import files_in, id_of, made_in
from gateway.relaying.relay import answer_headers
from gateway.relaying.shown import MOST_READ, ended, looked_at, retelling, show, sized
from gateway.responses.holding import Rules, pins_of
from gateway.routing.residency import may_go
from gateway.services import Services
from gateway.upstream import header_line
from gateway.ways import filled_path, request_head
from ledger.objects import Made
from ledger.prices import Quote
from ledger.principal import Principal
from storage.errors import StoreError

_REST = re.compile(r"(?:/[A-Za-z0-9_.:~-]+)*/?")
_MOST_PAGES = 20
_ENCODE = msgspec.json.Encoder().encode
# They run models named in files that only the vendor reads.
_UNSEEN = frozenset([Operation.BATCHES, Operation.FINE_TUNING])


class Place(NamedTuple):
    """What a path refers to: a list if `id` is empty, else an object or part of one."""

    rest: str
    id: str
    after: str  # the path after the id

    @property
    def lists(self) -> bool:
        return not self.id


def place_of(operation: Operation, rest: str) -> Place | None:
    """The place of a path below a collection's; None if such paths are not passed on."""
    if not _REST.fullmatch(rest) or any(step in (".", "..") for step in rest.split("/")):
        return None
    steps = rest.strip("/").split("/")
    if operation is Operation.FINE_TUNING:
        # Only jobs have owners; graders and permissions of checkpoints belong to whole accounts.
        if steps[0] != "jobs":
            return None
        steps = steps[1:] or [""]
    if operation is Operation.STORED_RESPONSES and (not steps[0] or len(steps) > 2):
        return None  # responses cannot be listed
    return Place(rest.rstrip("/"), steps[0], "/".join(steps[1:]))


class Errand(NamedTuple):
    """One request to the vendor that has the object it refers to."""

    caller: Caller
    cleared: Cleared
    place: Place
    line: Line
    quote: Quote
    query: dict[str, str]


Sent = bytes | AsyncIterator[bytes] | None


class Own(Protocol):
    """Objects stored by the gateway itself, at no vendor."""

    async def answer(self, visit: Visit, operation: Operation, principal: Principal, place: Place) -> bool:
        """Answer requests for own objects; False leaves a request to vendors, its body still readable."""


class Holdings(Protocol):
    """Owners of objects at vendors, as in `ledger.objects.VendorObjects`. Raises StoreError."""

    async def accounts_of(self, team: str, object_id: str) -> Mapping[str, str]: ...

    async def holders(self, ids: Collection[str]) -> Mapping[str, Sequence[Made]]: ...

    async def own(self, vendor: str, team: str, ids: Collection[str]) -> set[str]: ...

    async def bind(self, vendor: str, team: str, kind: str, ids: Iterable[str]) -> None: ...

    async def forget(self, vendor: str, team: str, object_id: str) -> None: ...


class Objects:
    """The endpoint of one collection."""

    passes = True  # whether files and other non-JSON answers are streamed through

    def __init__(
        self, operation: Operation, services: Services, objects: Holdings, own: Own | None = None
    ) -> None:
        self._operation = operation
        self._kind = operation.value
        self._services = services
        self._objects = objects
        self._own_things = own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await serve(Caller(scope, receive, send), self._services, self._kind, self._answer)

    async def _answer(self, visit: Visit) -> None:
        try:
            await self._answer_from_store(visit)
        except StoreError as error:
            raise Unavailable(
                "The owner of this object cannot be looked up at the moment; try again later."
            ) from error

    async def _answer_from_store(self, visit: Visit) -> None:
        caller, services = visit.caller, self._services
        principal = await services.keys.holder(visit.credential)
        place = place_of(self._operation, f"/{caller.named.get('rest', '')}".removesuffix("/"))
        unlisted = self._operation is Operation.CONVERSATIONS and caller.method == "GET"
        if place is None or place.lists and unlisted:
            raise NotFound("Nothing of the kind is passed on at this path.")
        visit.label = self._kind
        own = self._own_things
        if own is not None and await own.answer(visit, self._operation, principal, place):
            return
        self._permitted(caller, principal)
        body = await self._body(visit)
        vendor = await self._vendor(
            visit, principal, place, files_in(body, self._operation) if isinstance(body, bytes) else []
        )
        call = visit.call(self._operation, self._kind, stream=False)
        call.headers = caller.headers
        with await services.ledger.reserve(principal, call):
            if isinstance(body, bytes):
                call.body = body
            unread = body is not None and not isinstance(body, bytes)
            at = await self.prepare(call, principal, place, vendor)
            cleared = await services.guardrails.clear(principal, call, unread=unread, at=at)
            body = cleared.body if isinstance(body, bytes) else body
            query = await services.guardrails.clear_beside(cleared, [*query_of(caller).items()], at)
            line = visit.deployment.errand(vendor, self._kind)
            errand = Errand(caller, cleared, place, line, _priced(line), dict(query))
            if self._operation is Operation.BATCHES and caller.method == "POST" and place.lists:
                await self._lines_named(errand, body)
            with retelling(services.guardrails, cleared):
                await (
                    self._list(errand) if place.lists and caller.method == "GET" else self._one(errand, body)
                )

    def _permitted(self, caller: Caller, principal: Principal) -> None:
        if self._operation in _UNSEEN and caller.method == "POST" and principal.scope is not None:
            raise NotAllowed(
                f"A key that may not use every model cannot start {self._kind}: "
                f"the gateway cannot see which models they use.",
            )

    async def _body(self, visit: Visit) -> Sent:
        """A form is streamed; JSON is read, because it may refer to files of other teams."""
        caller, settings = visit.caller, visit.deployment.catalog.settings
        caller.patience = settings.body_timeout
        if caller.header(b"content-type").lower().startswith(b"multipart/"):
            if self._operation is not Operation.FILES:
                raise BadRequest("Only files are sent as a form.")
            caller.limit = settings.max_upload_bytes
            return _pieces(caller)
        caller.limit = settings.max_body_bytes
        parts = [piece async for piece in _pieces(caller)]
        return b"".join(parts) if caller.method == "POST" else None

    async def _vendor(self, visit: Visit, principal: Principal, place: Place, files: list[str]) -> Vendor:
        """The vendor determined by the header, the path's id or the body's files."""
        named = visit.caller.header(b"x-signalbox-vendor").decode("latin-1")
        candidates = _having(visit.deployment, self._operation)
        if named:
            if named not in candidates:
                raise BadRequest(
                    f"'{named}' in x-signalbox-vendor is no vendor with {self._kind}; there are: "
                    f"{', '.join(candidates) or 'none'}."
                )
            candidates = {named: candidates[named]}
        team = visit.deployment.catalog.teams.get(principal.team)
        candidates = {name: vendor for name, vendor in candidates.items() if may_go(team, vendor)}
        for object_id in filter(None, (place.id, *files)):
            theirs = await self._objects.accounts_of(principal.team, object_id)
            candidates = {
                name: _by(vendor, theirs[name]) for name, vendor in candidates.items() if name in theirs
            }
            if not candidates:
                raise NotFound(f"There is no '{object_id}' here.")
        if len(candidates) != 1:
            names = ", ".join(candidates) or "none"
            raise BadRequest(
                f"Name the vendor in the header x-signalbox-vendor; those with {self._kind} are: {names}."
            )
        return next(iter(candidates.values()))

    async def _lines_named(self, errand: Errand, body: Sent) -> None:
        """Check that a batch's lines refer only to objects that its team may use and its vendor has."""
        vendor, call = errand.line.vendor, errand.cleared.call
        for name in files_in(body) if isinstance(body, bytes) else ():
            attempt = RelayAttempt(errand.cleared, errand.line, errand.quote, self._services.books, 1)
            try:
                below = vendor.kind.paths[Operation.FILES].replace("{rest}", f"/{name}/content")
                head = request_head(vendor, "GET", filled_path(vendor, "", below))
                await _opened(attempt, Outgoing(head, None), errand.caller)
                names = await names_of(attempt.pieces())
                attempt.answered()
            finally:
                attempt.close()
            rules = Rules(errand.cleared.principal.team, call.deployment.catalog)
            pins = pins_of(names, await self._objects.holders(made_among(names)), rules)
            if pins is not None and pins.get(vendor.name) not in ("", _source(vendor)):
                raise BadRequest(
                    "The lines refer to objects at another vendor than the batch's.", param="input_file_id"
                )

    async def _one(self, errand: Errand, body: Sent) -> None:
        """Pass on a request for one object, and record the owner of a new one."""
        caller, line = errand.caller, errand.line
        number = errand.cleared.call.attempts + 1
        attempt = RelayAttempt(errand.cleared, line, errand.quote, self._services.books, number)
        try:
            await _opened(attempt, Outgoing(self.head(errand, errand.query), body), caller)
            headers = answer_headers(line, attempt.response)
            media = (attempt.response.header(b"content-type") or b"").partition(b";")[0]
            file = errand.place.after == "content"
            if self.passes and (file or media != b"application/json"):
                await show(attempt, caller, headers, self._services.guardrails.watch, file=file)
                return
            data = await attempt.whole(MOST_READ)
            await self._remember(errand, read_loosely(data))
            with ended(attempt):
                data = await self.shown(errand, data)
            attempt.answered()
            await caller.begin(attempt.response.status, sized(headers, data))
            await caller.end(data)
        finally:
            attempt.close()

    async def prepare(self, call: Call, principal: Principal, place: Place, vendor: Vendor) -> str:
        """Hook before the guards; returns the vendor's name if it stores models' answers, else ""."""
        return ""

    async def shown(self, errand: Errand, data: bytes) -> bytes:
        """The vendor's answer as the caller may see it. Raises what guards of answers raise."""
        return await self._seen(errand.cleared, data)

    async def _seen(self, cleared: Cleared, data: bytes) -> bytes:
        if cleared.shield is None:
            return data
        return await looked_at(cleared, data, self._services.guardrails.watch)

    async def _list(self, errand: Errand) -> None:
        """Answer with only the team's own objects of the vendor's list; pages without any are skipped."""
        caller, line, query = errand.caller, errand.line, errand.query
        for number in range(1, _MOST_PAGES + 1):
            attempt = RelayAttempt(errand.cleared, line, errand.quote, self._services.books, number)
            try:
                await _opened(attempt, Outgoing(self.head(errand, query), None), caller)
                told = read_loosely(await attempt.whole(MOST_READ))
                attempt.answered()
                headers = answer_headers(line, attempt.response)
            finally:
                attempt.close()
            items = told.get("data") if isinstance(told, dict) else None
            if not isinstance(told, dict) or not isinstance(items, list):
                raise UpstreamError(
                    f"{line.target}: the list cannot be read", status=502, code="vendor_failed"
                )
            kept = await self._own(errand, items)
            last = id_of(items[-1]) if items else ""
            if kept or not told.get("has_more") or not last or number == _MOST_PAGES:
                break
            query["after"] = last
        told |= {"data": kept}
        if "first_id" in told:
            told |= {"first_id": id_of(kept[0]) if kept else "", "last_id": id_of(kept[-1]) if kept else ""}
        data = await self._seen(errand.cleared, _ENCODE(told))
        await caller.begin(200, sized(headers, data))
        await caller.end(data)

    async def _own(self, errand: Errand, items: list[Any]) -> list[Any]:
        line, team = errand.line, errand.cleared.principal.team
        own = await self._objects.own(line.vendor.name, team, [each for each in map(id_of, items) if each])
        kept = [item for item in items if id_of(item) in own]
        await self._objects.bind(line.vendor.name, team, Operation.FILES.value, made_in(kept))
        return kept

    async def _remember(self, errand: Errand, told: Any) -> None:
        vendor, team, place = errand.line.vendor.name, errand.cleared.principal.team, errand.place
        if errand.caller.method == "DELETE":
            if not place.after:
                await self._objects.forget(vendor, team, place.id)
            return
        if place.lists and id_of(told):
            await self._objects.bind(vendor, team, self._kind, [id_of(told)])
        if self._operation in (Operation.STORED_RESPONSES, Operation.CONVERSATIONS):
            return  # model output, which does not refer to files that the vendor made
        # What the vendor made from it: a batch's output, the results of fine-tuning.
        await self._objects.bind(vendor, team, Operation.FILES.value, made_in([told]))

    def head(self, errand: Errand, query: dict[str, str]) -> bytes:
        """The head of the request to the vendor."""
        vendor, caller = errand.line.vendor, errand.caller
        below = vendor.kind.paths[self._operation].replace("{rest}", errand.place.rest)
        if query:
            below += f"{'&' if '?' in below else '?'}{urlencode(query)}"
        head = request_head(vendor, caller.method, filled_path(vendor, "", below))
        content_type = caller.header(b"content-type").decode("latin-1")
        return head + (header_line("content-type", content_type) if content_type else b"")


async def _opened(attempt: RelayAttempt, sending: Outgoing, caller: Caller) -> None:
    try:
        await attempt.open(sending, caller)
    except UpstreamError as failure:
        if attempt.answered_with(404):
            raise NotFound(
                f"'{attempt.line.vendor.name}' does not have this object, or no longer has it."
            ) from failure
        raise


def _priced(line: Line) -> Quote:
    if line.quote is None:
        raise Unpriced(
            f"No price is known for '{line.target}', and the configuration says `unpriced: deny`. "
            f"Declare one under `prices:`."
        )
    return line.quote


def _having(deployment: Deployment, operation: Operation) -> dict[str, Vendor]:
    vendors = deployment.catalog.vendors
    having = {name: vendor for name, vendor in vendors.items() if operation in vendor.kind.paths}
    if operation is not Operation.BATCHES:
        return having
    return {name: vendor for name, vendor in having.items() if runs_its_own(vendor)}


def _source(vendor: Vendor) -> str:
    """The account in use at this vendor."""
    return "" if vendor.api_key is None else vendor.api_key.source


def _by(vendor: Vendor, account: str) -> Vendor:
    """The vendor with that account's key; unchanged if the account is unknown."""
    keys = [key for key in vendor.keys if key.source == account]
    return replace(vendor, api_key=keys[0]) if keys else vendor


def runs_its_own(vendor: Vendor) -> bool:
    """Whether the vendor runs its batches itself."""
    return Operation.BATCHES in vendor.kind.paths and vendor.batches == "vendor"


def query_of(caller: Caller) -> dict[str, str]:
    """The caller's query without its key."""
    return {name: value for name, value in parse_qsl(caller.query.decode("latin-1")) if name != "key"}


async def _pieces(caller: Caller) -> AsyncIterator[bytes]:
    while piece := await caller.next():
        yield piece
