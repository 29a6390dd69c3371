"""Intercepts calls whose model is an agent, and starts a run instead."""

from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any

from config.kinds import Operation
from gateway.agents.completions import Completions
from gateway.agents.responses import Responses, read_asked
from gateway.agents.telling import PREFIX
from gateway.call import Call
from gateway.errors import BadRequest
from gateway.frames import STREAM, Head, Sink
from gateway.pipeline import answer
from gateway.services import Services
from ledger.principal import Principal

_JSON = b"content-type: application/json\r\n"
_EVENTS = STREAM % b"text/event-stream"
_KEY = b"idempotency-key"


class Answering:
    """An `answer` of the request path: same signature, but agents' calls become runs."""

    def __init__(self, responses: Responses, completions: Completions) -> None:
        self._responses = responses
        self._completions = completions

    def __call__(self, call: Call, services: Services, caller: Sink) -> Coroutine[Any, Any, None]:
        """Answers a call. Raises GatewayError."""
        if not call.asked.model.startswith(PREFIX):
            return answer(call, services, caller)
        return self._asked(call, services, caller)

    async def _asked(self, call: Call, services: Services, caller: Sink) -> None:
        principal = await services.keys.identify(call)
        catalog, name = call.deployment.catalog, call.asked.model.removeprefix(PREFIX)
        if name in catalog.agents or name in catalog.agent_labels:
            call.label = call.asked.model
        if call.operation is Operation.RESPONSES:
            await self._respond(call, principal, caller)
        elif call.operation is Operation.CHAT:
            await self._complete(call, principal, caller)
        else:
            raise BadRequest(
                f"'{call.asked.model}' is an agent: ask it at /v1/responses, /v1/chat/completions, /v1/runs.",
                param="model",
            )

    async def _respond(self, call: Call, principal: Principal, caller: Sink) -> None:
        record, number = await self._responses.begin(principal, call.body, _request_key(call))
        block = b"x-signalbox-run: %b\r\n" % record.id.encode()
        if call.asked.stream:
            events = self._responses.stream(principal, record.id, number)
            await _pushed(events, caller, _EVENTS + block)
            return
        if read_asked(call.body).background:
            body = await self._responses.shown(principal, record.id, number)
        else:
            body = await self._responses.whole(principal, record.id, number)
        caller.begin(Head(_JSON + block, True), body)
        caller.end()

    async def _complete(self, call: Call, principal: Principal, caller: Sink) -> None:
        record = await self._completions.begin(principal, call, _request_key(call))
        block = b"x-signalbox-run: %b\r\n" % record.id.encode()
        if call.asked.stream:
            await _pushed(self._completions.stream(principal, record, call.asked), caller, _EVENTS + block)
            return
        body = await self._completions.whole(principal, record)
        caller.begin(Head(_JSON + block, True), body)
        caller.end()


async def _pushed(pieces: AsyncGenerator[bytes, None], caller: Sink, block: bytes) -> None:
    """Stream to the caller, no faster than it reads."""
    begun = False
    async with aclosing(pieces):
        async for piece in pieces:
            if begun:
                caller.write(piece)
            else:
                caller.begin(Head(block, False), piece)
                begun = True
            if caller.paused:
                await caller.drained()
    caller.end()


def _request_key(call: Call) -> str | None:
    return next((value.decode("latin-1") for name, value in call.headers if name == _KEY), None)
