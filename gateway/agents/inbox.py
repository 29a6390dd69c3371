"""Pending approvals over HTTP: `/v1/approvals`."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from agentloop.journal import Damaged, RunRecord
from agentloop.run import replay
from gateway.agents.desk import Desk, Said
from gateway.agents.paging import page, page_of
from gateway.agents.views import approvals, run_view
from gateway.endpoints.plain import answering
from gateway.errors import NotFound, Unavailable
from ledger.principal import Principal
from storage.errors import StoreError

# Identify a request's caller, and parse the decision in its body.
Asker = Callable[[Request], Awaitable[Principal]]
Speaker = Callable[[Request], Awaitable[Said]]


class Inbox:
    """The endpoints of approvals."""

    def __init__(self, desk: Desk, asker: Asker, speaker: Speaker) -> None:
        self._desk = desk
        self._asker = asker
        self._speaker = speaker

    async def all(self, request: Request) -> Response:
        """Approvals of the team's newest waiting runs; pages count runs, each of which may have several."""
        principal, asked = await self._asker(request), page_of(request)
        listed = await self._desk.listed(principal, "waiting", asked)
        found = [each for record in await self._waiting(listed[: asked.limit]) for each in record]
        return JSONResponse(page(found, listed, asked))

    async def show(self, request: Request) -> Response:
        """One pending approval."""
        principal, approval = await self._asker(request), request.path_params["approval_id"]
        record, run = await self._desk.show(principal, await self._run_of(principal, approval))
        found = next((each for each in approvals(record, run) if each["id"] == approval), None)
        if found is None:
            raise NotFound(f"There is no open approval '{approval}'.")
        return JSONResponse(found)

    async def approve(self, request: Request) -> Response:
        return await self._judged(request, approve=True)

    async def deny(self, request: Request) -> Response:
        return await self._judged(request, approve=False)

    async def _judged(self, request: Request, *, approve: bool) -> Response:
        """Approve or deny, with or without the run id in the path."""
        principal, word = await self._asker(request), await self._speaker(request)
        approval = request.path_params["approval_id"]
        run_id = request.path_params.get("run_id") or await self._run_of(principal, approval)
        said = {approval: Said(approve, word.reason, word.arguments_sha256)}
        return JSONResponse(run_view(await self._desk.judge(principal, run_id, said)))

    async def _run_of(self, principal: Principal, approval: str) -> str:
        try:
            run_id = await self._desk.journal.asked_for(approval, principal.team)
        except StoreError as error:
            raise Unavailable("Approvals cannot be looked up now; try again later.") from error
        if run_id is None:
            raise NotFound(f"There is no open approval '{approval}'.")
        return run_id

    async def _waiting(self, records: list[RunRecord]) -> list[list[dict[str, Any]]]:
        """The pending approvals of each run; all journals are read concurrently."""
        reading = (self._desk.journal.events(record.id) for record in records)
        read = await asyncio.gather(*reading, return_exceptions=True)
        found: list[list[dict[str, Any]]] = []
        for record, events in zip(records, read, strict=True):
            if isinstance(events, Damaged):  # reported when the run itself is read
                continue
            if isinstance(events, StoreError):
                raise Unavailable("Runs cannot be read now; try again later.") from events
            if isinstance(events, BaseException):
                raise events
            found.append(approvals(record, replay(record.id, events[: record.head])))
        return found

    def routes(self) -> list[BaseRoute]:
        """The routes, each with the usual error format and request id."""
        of_run, alone = "/v1/runs/{run_id}/approvals/{approval_id}", "/v1/approvals/{approval_id}"
        table: tuple[tuple[str, str, Callable[[Request], Awaitable[Response]]], ...] = (
            ("GET", "/v1/approvals", self.all),
            ("GET", alone, self.show),
            *(("POST", f"{way}/approve", self.approve) for way in (of_run, alone)),
            *(("POST", f"{way}/deny", self.deny) for way in (of_run, alone)),
        )
        return [Route(path, answering(handler), methods=[method]) for method, path, handler in table]
