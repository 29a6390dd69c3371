"""One line of a batch as an ordinary call, with the key that created the batch."""

import asyncio
import logging
from dataclasses import replace
from typing import NamedTuple

import msgspec

from dialects.dialect import Asked
from dialects.errors import Malformed, VendorError
from gateway.around.collecting import Collected, Holder
from gateway.batching.lines import Line, Wrong
from gateway.call import Call
from gateway.deployment import Deployment
from gateway.endpoints.faces import Face, Faces
from gateway.errors import GatewayError, Unauthenticated
from gateway.ids import request_id
from gateway.pausing import pause
from gateway.pipeline import answer
from gateway.services import Services
from ledger.batches import Batch
from ledger.principal import Principal

log = logging.getLogger("signalbox.batches")

TAG = "batch"  # usage rows of a batch's calls carry this tag; its value is the batch id


class Answered(NamedTuple):
    """The answer to one line: a vendor's, or an error that the gateway wrote itself."""

    call_id: str
    status: int
    body: bytes


def face_of(faces: Faces, endpoint: str) -> tuple[Face, str] | None:
    """The Face (wire format) of an endpoint and any model in its path; None if no batch may use it."""
    found = faces.at(endpoint.encode())
    return None if found is None or found[0].stream else found


class Asker:
    """Makes the calls of one batch's lines."""

    def __init__(self, batch: Batch, face: Face, model: str, services: Services) -> None:
        self.holder = Holder(services.keys, batch.key_id, (TAG, batch.id))
        self._face = face
        self._model = model
        self._services = services

    def asked(self, line: Line) -> Asked:
        """The parsed body of a line. Raises Wrong."""
        try:
            asked = self._face.dialect.peek(line.body)
        except Malformed as error:
            where = f"body.{error.param}" if error.param else "body"
            raise Wrong("invalid_body", error.message, where) from None
        if asked.stream:
            raise Wrong("streamed_line", "A line of a batch cannot be streamed.", "body.stream")
        return msgspec.structs.replace(asked, model=self._model) if self._model else asked

    def check(self, line: Line, principal: Principal) -> None:
        """Raises Wrong if the key may not use the line's model, or the model is not configured."""
        model = self.asked(line).model
        if not principal.allows(model):
            said = f"The key of this batch may not use the model '{model}'."
            raise Wrong("model_not_allowed", said, "body.model")
        if self._services.deployment.route(model) is None:
            said = f"The model '{model}' does not exist here; GET /v1/models lists those that do."
            raise Wrong("model_not_found", said, "body.model")

    async def ask(self, line: Line, deployment: Deployment, ended: asyncio.Event) -> Answered | None:
        """The answer, retried while that may help; None if the batch ended during a pause before a retry.

        Raises Unauthenticated if the batch's key is no longer valid.
        """
        tries = 0
        while True:
            tries += 1
            call = self._call(line, deployment)
            try:
                return await self._once(call)
            except Unauthenticated:
                raise
            except GatewayError as error:
                wait = pause(error, tries)
                if wait is None:
                    return self._failed(call, error.shown(), error.status)
            except Exception:  # an unexpected error in one line must not stop the others
                log.exception("request %s of a batch failed", call.id)
                said = f"Internal error; the log has more under {call.id}."
                return self._failed(call, VendorError(said, type="server_error", code="internal_error"), 500)
            if await _passed(ended, wait):
                return None

    async def _once(self, call: Call) -> Answered:
        collected = Collected()
        # Read the services for every call: a reload may have replaced them.
        services = replace(self._services, keys=self.holder)
        await services.road(call.operation, answer)(call, services, collected)
        return Answered(call.id, 200, collected.body)

    def _failed(self, call: Call, error: VendorError, status: int) -> Answered:
        return Answered(call.id, status, self._face.dialect.write_error(error, status))

    def _call(self, line: Line, deployment: Deployment) -> Call:
        services, face = self._services, self._face
        clock = services.books.clock
        at_ms = clock.unix_ms()
        return Call(
            request_id(at_ms, services.random_bits),
            face.operation,
            face.operation.value,
            face.dialect,
            line.body,
            self.asked(line),
            b"",
            clock.monotonic(),
            at_ms,
            deployment,
            [],
            forwarded=b"".join([b"%b: %b\r\n" % pair for pair in face.forwards.items() if pair[1]]),
        )


async def _passed(ended: asyncio.Event, seconds: float) -> bool:
    """Whether the event was set within this many seconds."""
    try:
        async with asyncio.timeout(seconds):
            return await ended.wait()
    except TimeoutError:
        return False
