"""A call from its headers and body to its answer: what each end tells the caller and the metrics."""

import asyncio
import logging
from dataclasses import replace
from typing import Any, cast

import msgspec
import pytest

from config.kinds import Operation
from gateway.call import Call
from gateway.door.exchange import Exchange
from gateway.door.head import RequestHead
from gateway.endpoints.faces import Face
from gateway.endpoints.inference import Inference
from gateway.errors import TooLarge, Unauthenticated
from gateway.frames import Head
from ledger.principal import Principal
from tests.gateway.road import DONE, FAILED, HANG, HELLO, STREAM, WHOLE, Answer, Caller, Road, streams, until

ASK = b'{"model":"fast","messages":[]%b}'
STREAMED = ASK % b',"stream":true'


class Client(Caller):
    """The door's exchange, without a door. Its `body` is first the request's, then the answer's."""

    def __init__(self, body: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> None:
        super().__init__([])
        self.asked_body = body
        said = [(b"authorization", b"Bearer sk")] if headers is None else headers
        self.request = RequestHead(cast(Any, None), b"/v1/chat/completions", headers=said)
        self.identity = b""
        self.disconnected = self.begun = self.response_complete = False
        self.severed = False
        self.task: Any = None
        self.gone = 0
        self.status = 0
        self.block = b""

    def begin(self, head: Head, data: bytes) -> None:
        super().begin(head, data)
        self.status, self.begun = 200, True
        self.response_complete = head.whole

    def end(self) -> None:
        super().end()
        self.response_complete = True

    def refuse(self, status: int, block: bytes, body: bytes) -> None:
        assert not self.begun
        self.status, self.block, self.body = status, block, body

    def finish(self, data: bytes = b"") -> None:
        self.body += data
        self.response_complete = True

    def sever(self, data: bytes) -> None:
        self.finish(data)
        self.severed = True

    def ended(self, task: Any) -> None:
        self.gone += 1


CHAT = Face(Operation.CHAT)


def begin(road: Road, client: Client, face: Face = CHAT) -> asyncio.Task[None]:
    client.body = client.asked_body
    endpoint = Inference(face, road.services)
    client.task = asyncio.ensure_future(endpoint(cast(Exchange, client)))
    return client.task


async def call(road: Road, client: Client) -> Client:
    task = begin(road, client)
    await asyncio.wait([task])
    assert task.exception() is None and client.gone == 1
    return client


def error(client: Client) -> dict[str, Any]:
    return cast(dict[str, Any], msgspec.json.decode(client.body)["error"])


def counted(road: Road) -> dict[tuple[str | int, ...], int]:
    assert road.metrics.open_streams == 0
    road.metrics.exposition()
    return road.metrics.requests.counts


async def test_who_is_not_let_in_is_told_so_in_the_paths_format_with_an_id() -> None:
    road = Road({"one": [Answer()]})
    client = Client(b"")
    face = Face(Operation.MESSAGES, id_header=b"request-id")
    Inference(face, road.services).refuse(cast(Exchange, client), TooLarge("Too much."))
    said = msgspec.json.decode(client.body)
    assert (client.status, said["type"], said["error"]["type"]) == (413, "error", "request_too_large")
    assert b"\r\nrequest-id: req_" in client.block
    assert counted(road) == {("messages", "", 413): 1}


async def test_a_whole_answer_is_passed_on_and_counted() -> None:
    road = Road({"one": [Answer()]})
    client = await call(road, Client(ASK % b""))
    assert (client.status, client.body) == (200, WHOLE)
    assert client.identity.startswith(b"x-request-id: req_") and client.identity.count(b"\r\n") == 2
    assert counted(road) == {("chat", "fast", 200): 1}
    assert list(road.metrics.duration.series) == [("chat",)]


async def test_a_stream_is_counted_while_it_is_open() -> None:
    road = Road({"one": [streams(HELLO, HANG)]})
    client = Client(STREAMED)
    task = begin(road, client)
    await until(lambda: client.begun)
    assert road.metrics.open_streams == 1
    client.disconnected = True
    task.cancel()
    await task
    assert counted(road) == {("chat", "fast", 499): 1}
    assert b"stopping" not in client.body


@pytest.mark.parametrize("begun", [True, False], ids=["amid its answer", "before it"])
async def test_who_is_answered_when_the_process_cannot_wait_any_longer_is_told_so(begun: bool) -> None:
    road = Road({"one": [streams(HELLO, HANG) if begun else streams(HANG)]})
    client = Client(STREAMED)
    task = begin(road, client)
    await until(lambda: client.begun if begun else bool(road.log))
    task.cancel()
    await task
    assert b'"code":"stopping"' in client.body and b"[DONE]" not in client.body
    assert (client.begun, client.status, client.response_complete) == (begun, 200 if begun else 503, begun)
    assert counted(road) == {("chat", "fast", 503): 1}
    assert [row.status for row in road.rows] == ["cancelled"]


WRONG = {
    "no body": (b"", [], 400, "invalid_request", "empty"),
    "no JSON": (b"{", [], 400, "invalid_request", "JSON"),
    "no model": (b'{"messages":[]}', [], 400, "invalid_request", "model"),
    "a form": (ASK % b"", [(b"content-type", b"text/plain")], 415, "unsupported_media_type", "text/plain"),
    "compressed": (ASK % b"", [(b"content-encoding", b"gzip")], 415, "unsupported_media_type", "gzip"),
    "an unknown model": (b'{"model":"x","messages":[]}', [], 404, "model_not_found", "'x'"),
}


@pytest.mark.parametrize(("body", "headers", "status", "code", "text"), WRONG.values(), ids=WRONG.keys())
async def test_what_is_wrong_is_said_in_the_callers_dialect(
    body: bytes, headers: list[tuple[bytes, bytes]], status: int, code: str, text: str
) -> None:
    road = Road({"one": [Answer()]})
    client = await call(road, Client(body, headers))
    assert (client.status, error(client)["code"]) == (status, code)
    assert text in error(client)["message"]
    assert client.block.startswith(b"content-type: application/json\r\nx-request-id: req_")
    assert counted(road) == {("chat", "", status): 1}
    assert road.vendors.requests == []


async def test_a_wait_reaches_the_caller_as_a_header_of_the_refusal() -> None:
    limited = Answer([b'{"error":{"message":"slow"}}'], status=429, headers={b"retry-after": b"9"})
    client = await call(Road({"one": [limited]}), Client(ASK % b""))
    assert client.status == 429 and client.block.endswith(b"\r\nretry-after: 9\r\n")


async def test_a_stream_that_breaks_ends_with_an_error_and_no_clean_stop() -> None:
    road = Road({"one": [streams(HELLO, FAILED)]})
    client = await call(road, Client(STREAMED))
    assert client.body.startswith(HELLO + b'data: {"error":') and DONE not in client.body
    assert client.response_complete and not client.complete
    assert counted(road) == {("chat", "fast", 502): 1}


@pytest.mark.parametrize("severs", [False, True])
async def test_a_broken_stream_whose_error_raises_nowhere_ends_with_its_connection(severs: bool) -> None:
    road = Road({"one": [streams(HELLO, FAILED)]})
    client = Client(STREAMED)
    face = Face(Operation.CHAT, severs=severs)
    await asyncio.wait([begin(road, client, face)])
    assert b'data: {"error":' in client.body
    assert client.severed is severs


@pytest.mark.parametrize("begun", [False, True], ids=["before the answer", "inside the answer"])
async def test_a_fault_of_ours_tells_the_caller_nothing_but_the_id(
    begun: bool, caplog: pytest.LogCaptureFixture
) -> None:
    road = Road({"one": [STREAM]})

    class Broken:
        async def identify(self, call: Call) -> Principal:
            raise ZeroDivisionError("secret")

    if not begun:
        road.services.keys = cast(Any, Broken())
    client = Client(STREAMED)
    client.raises = ZeroDivisionError("secret") if begun else None
    with caplog.at_level(logging.ERROR, "signalbox.calls"):
        await call(road, client)
    assert b"internal_error" in client.body and b"secret" not in client.body
    identity = client.identity.partition(b"\r\n")[0].removeprefix(b"x-request-id: ")
    assert identity in client.body and identity.decode() in caplog.text
    assert DONE not in client.body
    assert [status for *_, status in counted(road)] == [500]


async def test_a_caller_nobody_knows_is_refused_before_anything_else() -> None:
    road = Road({"one": [Answer()]})

    class Strict:
        async def identify(self, call: Call) -> Principal:
            assert call.credential == b"sk"
            raise Unauthenticated("unknown")

        async def holder(self, credential: bytes) -> Principal:
            assert credential == b"sk"
            raise Unauthenticated("unknown")

    road.services.keys = cast(Any, Strict())
    for body in (ASK % b"", b"", b"{", b'{"model":1}'):  # whatever else is wrong
        client = await call(road, Client(body))
        assert (client.status, error(client)["code"]) == (401, "invalid_api_key")


async def test_a_page_of_an_allowed_origin_may_read_every_answer() -> None:
    road = Road({"one": [Answer()]}, cors_origins=("https://app.example",))
    origin = (b"origin", b"https://app.example")
    for body in (ASK % b"", b"{"):
        client = await call(road, Client(body, [origin]))
        assert b"\r\naccess-control-allow-origin: https://app.example\r\n" in client.identity
    assert client.identity in client.block
    other = await call(road, Client(ASK % b"", [(b"origin", b"https://evil.example")]))
    assert b"access-control" not in other.identity


async def test_two_calls_have_two_ids() -> None:
    road = Road({"one": [Answer()]})
    bits = iter((1, 2))
    road.services = replace(road.services, random_bits=lambda _: next(bits))
    first, second = [await call(road, Client(ASK % b"")) for _ in range(2)]
    assert first.identity != second.identity
