"""The simulator as an ASGI application: routes requests, and bills calls."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

from gateway.vendors.sim import control
from gateway.vendors.sim.behaviour import Fault
from gateway.vendors.sim.bill import Entry
from gateway.vendors.sim.connection import EXTENSION, Connection
from gateway.vendors.sim.director import Decision
from gateway.vendors.sim.errors import ClientLeft, Refused
from gateway.vendors.sim.paths import Endpoint, endpoint_at
from gateway.vendors.sim.perform import Performance, Send, fault_body
from gateway.vendors.sim.prices import price_of
from gateway.vendors.sim.records import Disconnect, Request
from gateway.vendors.sim.script import Reply, Stamp
from gateway.vendors.sim.state import State

MAX_BODY = 64 * 1024 * 1024

_STATUS_CODES = {
    400: "invalid_value",
    401: "invalid_api_key",
    404: "model_not_found",
    429: "rate_limit_exceeded",
}


class Simulator:
    """A model vendor. Its connections must be served by `ConnectionProtocol`."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._count = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        endpoint = (
            endpoint_at(scope["raw_path"] + b"?" + scope["query_string"]) if scope["type"] == "http" else None
        )
        if endpoint is None or scope["method"] != "POST":
            await control.serve(self.state, scope, receive, send)
            return
        began = asyncio.get_running_loop().time()
        connection: Connection = scope["extensions"][EXTENSION]
        headers = dict(scope["headers"])
        self._count += 1
        entry = Entry(
            f"{self.state.identity.run}{self._count:08x}",
            headers.get(b"x-client-request-id", b"").decode("latin-1"),
            self.state.identity.now_ms(),
            endpoint.name,
        )
        call = _Call(
            endpoint,
            scope,
            headers.get(b"x-sim"),
            _key(headers),
            Performance(connection, send, entry, began, endpoint.id_header),
        )
        self.state.stats.begin()
        try:
            await self._answer(call, entry, connection, await control.body_of(receive, MAX_BODY))
            self.state.stats.completed += 1
        except Refused as refused:
            await call.performance.refuse(refused.status, endpoint.error(refused), {})
        except ClientLeft:
            self._left(entry)
        finally:
            self.state.stats.open_calls -= 1
            self.state.bill.add(entry)

    async def _answer(self, call: "_Call", entry: Entry, connection: Connection, body: bytes) -> None:
        scope = call.scope
        self.state.requests.add(
            Request(
                self._count, entry.id, entry.at_ms, scope["method"], scope["path"], scope["headers"], body
            )
        )
        asked = call.endpoint.read(body)
        entry.model = asked.model
        entry.stream = asked.stream
        price = price_of(asked.model)
        if price is None:
            raise Refused(
                404,
                f"The model `{asked.model}` does not exist or you do not have access to it.",
                code="model_not_found",
            )
        decision = self.state.director.decide(asked.model, _text(call.header), asked.behaviour, key=call.key)
        fault = decision.fault
        if fault is not None:
            self.state.stats.faults += 1
            entry.fault = fault.kind
            if await self._struck(call, fault, connection):
                return
        reply = asked.reply(
            decision.behaviour, self.state.identity.seed, Stamp(entry.id, entry.at_ms // 1000)
        )
        entry.price = price
        entry.units = getattr(asked, "units", 0)  # of what is billed by another unit than tokens
        await self._perform(call, reply, decision, stream=asked.stream)

    async def _struck(self, call: "_Call", fault: Fault, connection: Connection) -> bool:
        """Apply faults that replace the answer (refuse, status); True if the call has ended."""
        if fault.kind == "refuse":
            await connection.cut(reset=fault.end == "reset")
            return True
        if fault.kind == "status":
            refused = Refused(
                fault.status, "The simulator was told to fail here.", code=_STATUS_CODES.get(fault.status)
            )
            body = fault_body(fault.body, call.endpoint.error(refused))
            await call.performance.refuse(fault.status, body, fault.headers)
            return True
        return False

    async def _perform(self, call: "_Call", reply: Reply, decision: Decision, *, stream: bool) -> None:
        if not stream:
            await call.performance.give(reply, decision, stream=False)
            return
        self.state.stats.open_streams += 1
        try:
            await call.performance.give(reply, decision, stream=True)
        finally:
            self.state.stats.open_streams -= 1

    def _left(self, entry: Entry) -> None:
        entry.cancelled = True
        self.state.stats.cancelled += 1
        now = self.state.identity.now_ms()
        self.state.stats.disconnects.append(
            Disconnect(entry.id, entry.client_request_id, now, now - entry.at_ms, entry.model)
        )


class _Call(NamedTuple):
    """One request to an inference endpoint, and what sends its answer."""

    endpoint: Endpoint
    scope: dict[str, Any]
    header: bytes | None
    key: str
    performance: Performance


def _key(headers: Mapping[bytes, bytes]) -> str:
    """The API key, from whichever header the format uses."""
    for name in (b"x-api-key", b"x-goog-api-key", b"api-key", b"authorization"):
        if value := headers.get(name):
            return value.removeprefix(b"Bearer ").decode("latin-1")
    return ""


def _text(header: bytes | None) -> str | None:
    return None if header is None else header.decode("utf-8", "replace")
