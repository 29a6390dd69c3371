"""Runs over HTTP: `/v1/runs` and `/v1/approvals`, with resumable event streams."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Literal

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from agentloop.events import Event, Resolution, name_of
from agentloop.explaining import explained
from agentloop.journal import ACTIVE, RunRecord
from dialects.errors import UNREADABLE
from dialects.sse import KEEP_ALIVE
from gateway.agents.desk import Desk, Said
from gateway.agents.inbox import Inbox
from gateway.agents.paging import page, page_of, status_of
from gateway.agents.views import event_view, run_view
from gateway.endpoints.plain import answering
from gateway.endpoints.reading import credential_of
from gateway.errors import BadRequest, NotFound, TooLarge, Unauthenticated, Unavailable
from gateway.services import Services
from ledger.principal import Principal

_LOOK_SECONDS = 0.2  # between two reads of a run whose events a client follows
_QUIET_SECONDS = 15.0  # without an event before a keep-alive is sent

_ENCODE = msgspec.json.Encoder().encode


class _Word(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a request that acts on a run."""

    reason: str = ""
    arguments_sha256: str = ""
    call_id: str = ""
    resolution: Literal["confirm_done", "retry", "fail"] = "fail"
    to: int = 0  # the raised soft limit, in nano-dollars for cost
    at: int | None = None  # number of events that a fork begins with


class _Outputs(msgspec.Struct, forbid_unknown_fields=True):
    """Results of calls, by call id."""

    outputs: dict[str, str]


_READ = msgspec.json.Decoder(_Word)
_READ_OUTPUTS = msgspec.json.Decoder(_Outputs)


class Runs:
    """The endpoints of runs."""

    def __init__(self, services: Services, desk: Desk) -> None:
        self._services = services
        self._desk = desk

    async def begin(self, request: Request) -> Response:
        principal = await self.principal(request)
        body = await self._body(request)
        record = await self._desk.begin(principal, body, request.headers.get("idempotency-key"))
        return JSONResponse(run_view(record), 202)

    async def all(self, request: Request) -> Response:
        principal, asked = await self.principal(request), page_of(request)
        listed = await self._desk.listed(principal, status_of(request), asked)
        shown = [run_view(record) for record in listed[: asked.limit]]
        return JSONResponse(page(shown, listed, asked))

    async def show(self, request: Request) -> Response:
        record, run = await self._desk.show(await self.principal(request), request.path_params["run_id"])
        return JSONResponse(run_view(record, run))

    async def explain(self, request: Request) -> Response:
        """Explains the run's decisions, from its journal alone."""
        record, entries = await self._desk.entries(
            await self.principal(request), request.path_params["run_id"]
        )
        return JSONResponse(explained(record, entries))

    async def cancel(self, request: Request) -> Response:
        return await self._verb(request, self._desk.cancel)

    async def pause(self, request: Request) -> Response:
        return await self._verb(request, self._desk.pause)

    async def resume(self, request: Request) -> Response:
        return await self._verb(request, self._desk.resume)

    async def resolve(self, request: Request) -> Response:
        principal, word = await self.principal(request), await self._word(request)
        resolution: Resolution = word.resolution
        run_id = request.path_params["run_id"]
        return JSONResponse(run_view(await self._desk.resolve(principal, run_id, word.call_id, resolution)))

    async def raise_(self, request: Request) -> Response:
        """Let a run continue beyond its soft limit."""
        principal, word = await self.principal(request), await self._word(request)
        return JSONResponse(
            run_view(await self._desk.raised(principal, request.path_params["run_id"], word.to))
        )

    async def refuse(self, request: Request) -> Response:
        """End a run at its soft limit, with its output so far."""
        principal, run_id = await self.principal(request), request.path_params["run_id"]
        return JSONResponse(run_view(await self._desk.raised(principal, run_id, 0, refuse=True)))

    async def events(self, request: Request) -> Response:
        """Server-sent events after `Last-Event-ID` or `starting_after`, to the end of the run."""
        principal = await self.principal(request)
        after = _number(request.headers.get("last-event-id") or request.query_params.get("starting_after"))
        run_id = request.path_params["run_id"]
        record, events = await self._desk.events(principal, run_id, after + 1)
        follow = self._follow(credential_of(request), record, events, after + 1)
        return StreamingResponse(follow, media_type="text/event-stream")

    async def fork(self, request: Request) -> Response:
        """Starts a new run that begins like this one."""
        principal, word = await self.principal(request), await self._word(request)
        forked = await self._desk.fork(principal, request.path_params["run_id"], word.at)
        return JSONResponse(run_view(forked), 202)

    async def answer(self, request: Request) -> Response:
        """Takes the results of calls that were handed to the client."""
        principal = await self.principal(request)
        body = await self._body(request)
        try:
            outputs = _READ_OUTPUTS.decode(body).outputs
        except UNREADABLE as error:
            raise BadRequest(
                f"The body cannot be read: {error}. Expected {{outputs: {{CALL: TEXT}}}}."
            ) from None
        return JSONResponse(
            run_view(await self._desk.answered(principal, request.path_params["run_id"], outputs))
        )

    async def _verb(
        self, request: Request, say: Callable[[Principal, str], Awaitable[RunRecord]]
    ) -> Response:
        principal = await self.principal(request)
        return JSONResponse(run_view(await say(principal, request.path_params["run_id"])))

    async def _follow(
        self, credential: bytes, record: RunRecord, events: list[Event], number: int
    ) -> AsyncIterator[bytes]:
        quiet = 0.0
        while True:
            for event in events:
                yield _sent(number, event)
                number, quiet = number + 1, 0.0
            if record.status not in ACTIVE and number >= record.head:
                return
            await asyncio.sleep(_LOOK_SECONDS)
            quiet += _LOOK_SECONDS
            if quiet >= _QUIET_SECONDS:
                yield KEEP_ALIVE
                quiet = 0.0
            try:
                principal = await self._services.keys.holder(credential)
                record, events = await self._desk.events(principal, record.id, number)
            except Unavailable:
                events = []  # the next read may reach the database
            except (NotFound, Unauthenticated):
                return  # the run was erased meanwhile, or the key revoked

    async def principal(self, request: Request) -> Principal:
        """The caller. Raises GatewayError."""
        return await self._services.keys.holder(credential_of(request))

    async def _body(self, request: Request) -> bytes:
        limit = self._services.deployment.catalog.settings.max_body_bytes
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > limit:
                raise TooLarge(f"The body is over {limit} bytes.")
        return bytes(body)

    async def _word(self, request: Request) -> _Word:
        body = await self._body(request)
        try:
            return _READ.decode(body or b"{}")
        except UNREADABLE as error:
            raise BadRequest(f"The body cannot be read: {error}.") from None

    async def _said(self, request: Request) -> Said:
        word = await self._word(request)
        return Said(True, word.reason, word.arguments_sha256)

    def routes(self) -> list[BaseRoute]:
        """The routes, each with the usual error format and request id."""
        run = "/v1/runs/{run_id}"
        inbox = Inbox(self._desk, self.principal, self._said)
        table: tuple[tuple[str, str, Callable[[Request], Awaitable[Response]]], ...] = (
            ("POST", "/v1/runs", self.begin),
            ("GET", "/v1/runs", self.all),
            ("GET", run, self.show),
            ("GET", f"{run}/events", self.events),
            ("GET", f"{run}/explain", self.explain),
            ("POST", f"{run}/cancel", self.cancel),
            ("POST", f"{run}/pause", self.pause),
            ("POST", f"{run}/resume", self.resume),
            ("POST", f"{run}/resolve", self.resolve),
            ("POST", f"{run}/fork", self.fork),
            ("POST", f"{run}/outputs", self.answer),
            ("POST", f"{run}/raise", self.raise_),
            ("POST", f"{run}/refuse", self.refuse),
        )
        own = [Route(path, answering(handler), methods=[method]) for method, path, handler in table]
        return [*own, *inbox.routes()]


def _sent(number: int, event: Event) -> bytes:
    data = _ENCODE(event_view(number, event))
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (number, name_of(event).encode(), data)


def _number(text: str | None) -> int:
    if text is None:
        return -1
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadRequest(f"'{text}' is not an event number: expected the id of the last event received.")
    return int(text)
