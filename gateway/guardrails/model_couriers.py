"""Sends remote guards' questions to models of this gateway, with the key of the inspected call."""

import asyncio
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from typing import cast

from starlette.types import Message

from config.catalog import GuardFacts
from config.kinds import Operation
from dialects.dialect import Spoken
from gateway.around.collecting import Collected
from gateway.call import Call, Errand
from gateway.formats import SPOKEN
from gateway.guardrails.consulting import NoAnswer
from gateway.identifying import Keys
from gateway.ids import request_id
from gateway.metering.metering import Metering, Reservation
from gateway.pipeline import answer
from gateway.relaying.relay import Relaying
from gateway.services import Services
from ledger.naming import dump_tags
from ledger.principal import Principal

TAG = "guard"  # the tag of its ledger rows; its value is the guard's name


class ModelCourier:
    """Courier to models. Its questions pass no guards, may use any model, and have their own ledger rows."""

    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    async def ask(self, facts: GuardFacts, question: bytes, errand: Errand) -> bytes:
        """The body of the answer. Raises NoAnswer, and whatever the request path raises."""
        services = unguarded(self._services(), facts, errand)
        if facts.kind == "moderation":
            return await _moderated(services, question)
        collected = Collected()
        call = call_of(services, question, Operation.CHAT, SPOKEN[Operation.CHAT])
        await answer(call, services, collected)
        return collected.body


def unguarded(services: Services, facts: GuardFacts, errand: Errand) -> Services:
    """The services for one question; if the call waits for it, the call's reservation pays for it."""
    who = errand.principal
    tags = tuple(sorted({**dict(who.tags), TAG: facts.name}.items()))
    asking = replace(who, scope=None, tags=tags, tags_json=dump_tags(tags) or "")
    deployment = copy(errand.call.deployment)
    deployment.cordons = None
    return replace(
        services,
        deployment=deployment,
        keys=_Known(asking),
        ledger=cast(Metering, _OfCall(services, errand.call)) if errand.waits else services.ledger,
    )


class _Known(Keys):
    """Identifies every call as the inspected call's principal."""

    def __init__(self, principal: Principal) -> None:
        self._principal = principal

    async def identify(self, call: Call) -> Principal:
        return self._principal

    async def holder(self, credential: bytes) -> Principal:
        return self._principal


class _OfCall:
    """Metering that charges a question to the reservation of the inspected call."""

    def __init__(self, services: Services, call: Call) -> None:
        self._books = services.books
        self._held = call.held

    async def reserve(self, principal: Principal, call: Call) -> Reservation:
        call.held = self._held
        return Reservation(self._books, principal, call)


def call_of(services: Services, body: bytes, operation: Operation, dialect: Spoken) -> Call:
    """A question as a Call for the request path."""
    clock = services.books.clock
    at_ms = clock.unix_ms()
    return Call(
        request_id(at_ms, services.random_bits),
        operation,
        operation.value,
        dialect,
        body,
        dialect.peek(body),
        b"",
        clock.monotonic(),
        at_ms,
        services.deployment,
        [],
    )


async def _moderated(services: Services, body: bytes) -> bytes:
    """The answer of the gateway's own moderation endpoint, called in-process as an ASGI app."""
    status, said, left = 0, list[bytes](), [body]

    async def receive() -> Message:
        if not left:
            await asyncio.get_running_loop().create_future()  # never disconnects
        return {"type": "http.request", "body": left.pop(), "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)
        said.append(message.get("body", b""))

    scope = {
        "type": "http",
        "method": "POST",
        "raw_path": b"/v1/moderations",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"authorization", b"Bearer guard")],
    }
    await Relaying(Operation.MODERATIONS, services)(scope, receive, send)
    if status != 200:
        raise NoAnswer("error")
    return b"".join(said)
