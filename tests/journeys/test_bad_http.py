"""Requests that are wrong as HTTP, slow or broken off: refused or hung up on, and nobody else notices."""

import json
import socket
import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.journeys.program import Gateway, Simulator, until
from tests.journeys.wire import CHAT, Answer, call, chunked, leave, request, talk

pytestmark = pytest.mark.usefixtures("others_go_on")

REQUEST_LINE = f"POST {CHAT} HTTP/1.1"
CHUNKED = {"transfer-encoding": "chunked"}


def ask(gateway: Gateway, body: bytes, **options: object) -> Answer:
    (answer,) = talk(gateway, request(gateway, body, **options))  # type: ignore[arg-type]
    assert answer.complete
    return answer


def test_a_request_that_is_in_order_is_answered(gateway: Gateway) -> None:
    answer = ask(gateway, call())
    assert answer.status == 200
    assert json.loads(answer.body)["choices"][0]["message"]["content"] == "Hello, box."


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", [CHAT, "/v1/completions", "/embeddings"])
def test_another_method_on_the_path_of_a_call_is_refused(gateway: Gateway, method: str, path: str) -> None:
    answer = ask(gateway, b"", line=f"{method} {path} HTTP/1.1")
    assert (answer.status, answer.error["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


def test_a_post_where_nothing_is_posted_is_refused(gateway: Gateway) -> None:
    answer = ask(gateway, call(), line="POST /v1/models HTTP/1.1")
    assert (answer.status, answer.error["code"]) == (405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/v1/nothing",
        "/v1/chat/completions/",
        "/V1/Chat/Completions",
        "/v1/../v1/nothing",
        "/%00",
        "/%ff%fe",
        "/" + "long" * 5000,
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_path_that_leads_nowhere_says_so(gateway: Gateway, method: str, path: str) -> None:
    answer = ask(gateway, call() if method == "POST" else b"", line=f"{method} {path} HTTP/1.1")
    assert (answer.status, answer.error["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/v1/chat%2Fcompletions", "/v1/%63hat/completions"])
def test_a_path_in_other_letters_is_no_way_around_the_door(gateway: Gateway, path: str) -> None:
    assert ask(gateway, call(), line=f"POST {path} HTTP/1.1").error["code"] == "not_found"


@pytest.mark.parametrize(
    ("line", "headers"),
    [
        (f"POST {CHAT}?api-version=2024 HTTP/1.1", {}),
        (f"POST {CHAT} HTTP/1.1", {"content-type": "application/json; charset=utf-8"}),
        (f"POST {CHAT} HTTP/1.1", {"content-type": "Application/JSON"}),
        (f"POST {CHAT} HTTP/1.1", {"content-type": "application/vnd.api+json"}),
        (f"POST {CHAT} HTTP/1.1", {"content-type": ""}),
        (f"POST {CHAT} HTTP/1.1", {"content-encoding": "identity"}),
        (f"POST {CHAT} HTTP/1.1", {"x-large": "x" * 8000}),
    ],
    ids=[
        "a query",
        "charset",
        "capitals",
        "+json",
        "no type",
        "identity",
        "a large header",
    ],
)
def test_unusual_requests_that_are_right_are_answered(
    gateway: Gateway, line: str, headers: Mapping[str, str]
) -> None:
    assert ask(gateway, call(), line=line, headers=headers).status == 200


def test_an_offer_to_speak_http_2_is_passed_over(gateway: Gateway) -> None:
    # Java's HttpClient makes it on every plain connection.
    headers = {
        "connection": "Upgrade, HTTP2-Settings",
        "upgrade": "h2c",
        "http2-settings": "AAMAAABkAAQAAP__",
    }
    assert ask(gateway, call(), headers=headers).status == 200


@pytest.mark.parametrize("prefix", ["http://box", "HTTPS://user:word@box:99"])
def test_a_path_with_scheme_and_host_is_that_path(gateway: Gateway, prefix: str) -> None:
    assert ask(gateway, call(), line=f"POST {prefix}{CHAT}?a=b HTTP/1.1").status == 200
    refused = ask(gateway, call(), line=f"POST {prefix}/nowhere{CHAT} HTTP/1.1")
    assert (refused.status, refused.error["code"]) == (404, "not_found")


def test_a_client_of_http_1_0_is_answered_and_let_go(gateway: Gateway) -> None:
    whole = ask(gateway, call(), line=f"POST {CHAT} HTTP/1.0")
    assert whole.status == 200
    assert whole.headers["connection"] == "close"
    (streamed,) = talk(gateway, request(gateway, call(stream=True), line=f"POST {CHAT} HTTP/1.0"))
    assert "transfer-encoding" not in streamed.headers
    assert streamed.body.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "multipart/form-data; boundary=x"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-encoding": "gzip"}, 415),
        ({"content-encoding": "br, gzip"}, 415),
        ({"authorization": ""}, 401),
        ({"authorization": "Bearer"}, 401),
        ({"authorization": "Basic dXNlcjpwYXNz"}, 401),
        ({"authorization": "Bearer sk-sb-" + "x" * 5000}, 401),
        ({"authorization": "Bearer sk-sb-\xff\xfe-ÿ"}, 401),
    ],
    ids=[
        "text",
        "multipart",
        "a form",
        "gzip",
        "brotli",
        "no key",
        "no token",
        "basic",
        "a long key",
        "no ASCII",
    ],
)
def test_a_header_that_is_wrong_is_refused(gateway: Gateway, headers: Mapping[str, str], status: int) -> None:
    answer = ask(gateway, call(), headers=headers)
    codes = {401: "invalid_api_key", 415: "unsupported_media_type"}
    assert (answer.status, answer.error["code"]) == (status, codes[status])


HOSTS = {
    "no host": ("1.1", {"host": ""}, "Host"),
    "two hosts": ("1.1", {"Host": "other"}, "Host"),
    "the same host twice": ("1.1", {"HOST": "box"}, "Host"),
    "chunks before there were any": ("1.0", {"transfer-encoding": "chunked"}, "Transfer-Encoding"),
}


@pytest.mark.parametrize("path", [CHAT, "/v1/messages", "/v1/models"])
@pytest.mark.parametrize(("version", "headers", "named"), HOSTS.values(), ids=HOSTS)
def test_a_head_that_others_would_read_otherwise_is_refused(
    gateway: Gateway, version: str, headers: Mapping[str, str], named: str, path: str
) -> None:
    line = f"{'GET' if path.endswith('models') else 'POST'} {path} HTTP/{version}"
    data = request(gateway, b"", line=line, headers=headers, framed=False) + chunked([call()])
    (answer,) = talk(gateway, data)
    said = json.loads(answer.body)
    assert (answer.status, answer.headers["connection"]) == (400, "close")
    assert named in said["error"]["message"]
    assert said["error"]["type"] == "invalid_request_error"
    assert ("type" in said) is (path == "/v1/messages")


@pytest.mark.parametrize("path", [CHAT, "/v1/messages", "/v1/rerank"])
@pytest.mark.parametrize("cut", [-5, 20], ids=["in the body", "in the head"])
def test_who_stops_in_the_midst_of_a_request_is_told_so(gateway: Gateway, cut: int, path: str) -> None:
    data = request(gateway, call(), line=f"POST {path} HTTP/1.1", headers={"x-before": "1"})
    (answer,) = talk(gateway, data[:cut] if cut < 0 else data[: data.index(b"x-before")], half=True)
    said = json.loads(answer.body)
    assert (answer.status, answer.headers["connection"]) == (400, "close")
    assert "ended before" in said["error"]["message"]
    assert ("type" in said) is (path == "/v1/messages")


@pytest.mark.parametrize("path", [CHAT, "/v1/rerank", "/v1/files"])
def test_a_length_beyond_the_limit_is_refused_before_anything_is_sent(gateway: Gateway, path: str) -> None:
    headers = {"expect": "100-continue", "content-length": "99999999999"}
    kind = {"content-type": "multipart/form-data; boundary=x"} if path == "/v1/files" else {}
    data = request(gateway, b"", line=f"POST {path} HTTP/1.1", headers=headers | kind, framed=False)
    (answer,) = talk(gateway, data)
    assert (answer.status, answer.error["code"]) == (413, "request_too_large")


@pytest.mark.parametrize("host", ["", "box"])
def test_a_client_of_http_1_0_may_name_a_host(gateway: Gateway, host: str) -> None:
    assert ask(gateway, call(), line=f"POST {CHAT} HTTP/1.0", headers={"host": host}).status == 200


GARBAGE: dict[str, bytes] = {
    "no HTTP": b"hello there\r\n\r\n",
    "the beginning of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "zero bytes": bytes(100),
    "no version": b"POST /v1/chat/completions\r\n\r\n",
    "HTTP/9.9": b"POST /v1/chat/completions HTTP/9.9\r\nhost: x\r\n\r\n",
    "a header without colon": b"POST /v1/chat/completions HTTP/1.1\r\nhost x\r\n\r\n",
    "a NUL in a header": b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\0y\r\n\r\n",
    "a space before the colon": b"POST /v1/chat/completions HTTP/1.1\r\nhost : x\r\n\r\n",
    "a length that is none": b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: ten\r\n\r\n",
    "a length below nothing": b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
    "a length beyond numbers": b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: %b\r\n\r\n"
    % (b"9" * 40),
    "two lengths": b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
    "a length and chunks": b"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: 2\r\n"
    b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "a chunk of no size": b"POST /v1/chat/completions HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE)
def test_what_is_not_http_is_told_so_or_hung_up_on(
    gateway: Gateway, simulator: Simulator, data: bytes
) -> None:
    answers = talk(gateway, data, half=True)
    assert len(answers) <= 1
    for answer in answers:
        # What may be read as a call of nobody's is refused as one.
        told = {400: ("invalid_http", "invalid_request"), 401: ("invalid_api_key",)}
        assert answer.error["code"] in told[answer.status]
        assert answer.headers["connection"] == "close"


def test_a_body_in_chunks_is_put_together(gateway: Gateway) -> None:
    pieces = [bytes([byte]) for byte in call()]
    data = request(gateway, b"", headers=CHUNKED, framed=False) + chunked(pieces)
    assert [answer.status for answer in talk(gateway, data)] == [200]


@settings(deadline=None)
@given(data=st.data())
def test_a_body_that_is_cut_anywhere_reaches_nobody(
    gateway: Gateway, simulator: Simulator, data: st.DataObject
) -> None:
    framing = data.draw(st.sampled_from(["sized", "chunked"]))
    whole = (
        request(gateway, call(model="sim/sim-cut"))
        if framing == "sized"
        else request(gateway, b"", headers=CHUNKED, framed=False) + chunked([call(model="sim/sim-cut")])
    )
    leave(gateway, whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert [line for line in simulator.bill() if line["model"] == "sim-cut"] == []


def test_a_writer_of_single_bytes_is_answered(gateway: Gateway) -> None:
    data = request(gateway, call())
    assert [each.status for each in talk(gateway, *(data[at : at + 1] for at in range(len(data))))] == [200]


def test_a_writer_who_pauses_between_head_and_body_is_answered(gateway: Gateway) -> None:
    data = request(gateway, call())
    head = data.index(b"\r\n\r\n") + 4
    assert [each.status for each in talk(gateway, data[:head], data[head:-5], data[-5:], pause=0.3)] == [200]


def test_a_client_that_closes_its_half_is_answered_or_let_go(gateway: Gateway) -> None:
    for answer in talk(gateway, request(gateway, call()), half=True):
        assert answer.status == 200


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_pipelined_requests_are_answered_in_their_order(gateway: Gateway, stream: bool) -> None:
    words = [f"Train {number}" for number in range(5)]
    bodies = [call(messages=[{"role": "user", "content": text}], stream=stream) for text in words]
    answers = talk(gateway, b"".join(request(gateway, body) for body in bodies), answers=5)
    assert [answer.status for answer in answers] == [200] * 5
    for answer, text in zip(answers, words, strict=True):
        assert said(answer, stream) == text


def said(answer: Answer, stream: bool) -> str:
    if not stream:
        return str(json.loads(answer.body)["choices"][0]["message"]["content"])
    events = [json.loads(each[6:]) for each in answer.body.split(b"\n\n") if each[6:7] == b"{"]
    return "".join(event["choices"][0]["delta"].get("content") or "" for event in events)


def test_a_refusal_amid_a_pipeline_does_not_take_the_next_with_it(gateway: Gateway) -> None:
    data = (
        request(gateway, call())
        + request(gateway, b"{")
        + request(gateway, b"", line="GET /nothing HTTP/1.1")
    )
    data += request(gateway, call())
    assert [answer.status for answer in talk(gateway, data, answers=4)] == [200, 400, 404, 200]


def test_who_expects_to_be_told_to_continue_is_told(gateway: Gateway) -> None:
    data = request(gateway, call(), headers={"expect": "100-continue"})
    head = data.index(b"\r\n\r\n") + 4
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(data[:head])
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(data[head:])
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_head_without_end_does_not_fill_the_memory(gateway: Gateway) -> None:
    before = gateway.memory()
    line = b"x-fill: " + b"x" * 65_000 + b"\r\n"
    data = request(gateway, call()).removesuffix(b"\r\n\r\n" + call()) + b"\r\n"
    answers = talk(gateway, data, *[line] * 800, b"\r\n" + call())
    assert gateway.memory() - before < 30_000_000
    for answer in answers:
        assert answer.status in (400, 413, 431)


def test_a_reader_who_does_not_read_holds_up_nobody(gateway: Gateway) -> None:
    before = gateway.memory()
    slow = request(gateway, call(model="small", stream=True, metadata={"sim": "length=200000"}))
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(slow)
        time.sleep(1.0)
        assert gateway.memory() - before < 30_000_000
    until(lambda: gateway.metric("signalbox_open_streams") == 0, "the stream of a reader who left stays open")
