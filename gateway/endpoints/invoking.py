"""Anthropic's Messages at the paths of Amazon Bedrock and Vertex AI.

There the model and streaming are in the path instead of the body, and Anthropic's headers are in the body.
Moved to their usual places, such a call becomes one of `/v1/messages`. https://docs.anthropic.com/en/api/claude-on-amazon-bedrock,
https://docs.anthropic.com/en/api/claude-on-vertex-ai
"""

import re
from dataclasses import replace
from typing import Any

import msgspec

from config.kinds import Operation
from dialects.bedrock.invoked import InvokedMessages, framed
from dialects.dialect import MEMBERS
from dialects.errors import Malformed
from dialects.openai.common import decode_request
from gateway.call import Call
from gateway.door.exchange import Exchange
from gateway.endpoints.faces import ANTHROPIC, Face, Pattern, face_of
from gateway.endpoints.inference import Inference
from gateway.endpoints.reading import hear
from gateway.errors import BadRequest
from gateway.frames import Head, Sink
from gateway.services import Answering, Services

_VERTEX = rb"(?:/v1)?/projects/[^/]+/locations/[^/]+/publishers/anthropic/models/"
_MODEL = rb"(?P<model>[^/]+)"
_BETA = re.compile(r"[\w.-]+", re.ASCII)
_BETAS = msgspec.json.Decoder(list[str])
_ENCODE = msgspec.json.Encoder().encode


def invoked() -> list[Pattern]:
    """The paths, in the order in which they are tried."""
    whole = Face(Operation.MESSAGES, False, b"x-amzn-requestid", ANTHROPIC, own=InvokedMessages)
    vertex = [
        # Here the model is in the body.
        (_VERTEX + rb"count-tokens(?P<model>):rawPredict", face_of(Operation.COUNT_MESSAGES)),
        (_VERTEX + _MODEL + rb":rawPredict", face_of(Operation.MESSAGES, False)),
        (_VERTEX + _MODEL + rb":streamRawPredict", face_of(Operation.MESSAGES, True)),
    ]
    bedrock = [
        (rb"/model/" + _MODEL + rb"/invoke", whole),
        (rb"/model/" + _MODEL + rb"/invoke-with-response-stream", replace(whole, stream=True)),
    ]
    return [Pattern(re.compile(expression), face) for expression, face in (*vertex, *bedrock)]


class Invoked(Inference):
    """The endpoint of one of these paths."""

    def __init__(self, face: Face, services: Services, answering: Answering) -> None:
        async def framing(call: Call, services: Services, sink: Sink) -> None:
            await answering(call, services, _Framed(sink))

        framed_too = face.stream and face.own is InvokedMessages
        super().__init__(face, services, framing if framed_too else answering)

    def _read(self, exchange: Exchange, call_id: str, arrived: float, at_ms: int) -> Call:
        head, betas = exchange.request, b""
        if head.heard is None:
            head.heard = hear(head.headers, head.url, self._face.forwards)
        if exchange.body:
            exchange.body, betas = _plain(exchange.body, head.model, self._face.stream)
        call = super()._read(exchange, call_id, arrived, at_ms)
        if betas and b"anthropic-beta:" not in call.forwarded:
            call.forwarded += b"anthropic-beta: %b\r\n" % betas
        return call


def _plain(body: bytes, model: str, stream: bool | None) -> tuple[bytes, bytes]:
    """The body as for `/v1/messages`, and the betas that it named. Raises BadRequest."""
    try:
        members: dict[str, Any] = decode_request(MEMBERS, body)
    except Malformed as error:
        raise BadRequest(error.message, param=error.param) from None
    members.pop("anthropic_version", None)
    betas = _betas(members.pop("anthropic_beta", b"[]"))
    members |= {"model": model} if model else {}
    members |= {"stream": stream} if stream is not None else {}
    return _ENCODE(members), betas


def _betas(named: bytes) -> bytes:
    try:
        betas = _BETAS.decode(named)
    except msgspec.MsgspecError:
        betas = [""]
    if not all(map(_BETA.fullmatch, betas)):
        raise BadRequest("'anthropic_beta' is expected to be a list of names.", param="anthropic_beta")
    return ",".join(betas).encode()


class _Framed:
    """A Sink that passes each event on to another in a frame of AWS's event stream."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.end = sink.end
        self.drained = sink.drained

    def begin(self, head: Head, data: bytes) -> None:
        self._sink.begin(head, framed(data))

    def hold(self, head: Head, data: bytes) -> None:
        self._sink.hold(head, framed(data))

    def write(self, data: bytes) -> None:
        self._sink.write(framed(data))

    @property
    def paused(self) -> bool:
        return self._sink.paused
