"""Bodies that are wrong in every way: a clear refusal in OpenAI's shape, and nobody else notices."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.journeys.program import Gateway, Row, Simulator
from tests.journeys.wire import CHAT, HELLO, Answer, call, request, talk

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    "model",
    "messages",
    "prompt",
    "input",
    "stream",
    "stream_options",
    "n",
    "max_tokens",
    "max_completion_tokens",
    "metadata",
    "tools",
    "stop",
    "temperature",
)


pytestmark = pytest.mark.usefixtures("others_go_on")


def ask(gateway: Gateway, body: bytes, **options: Any) -> Answer:
    (answer,) = talk(gateway, request(gateway, body, **options))
    assert answer.complete
    return answer


def sent_for(simulator: Simulator, answer: Answer) -> list[Row]:
    """What the vendor was sent for a call."""
    attempt = ["x-client-request-id", f"{answer.headers['x-request-id']}.1"]
    return [each for each in simulator.get("requests?limit=100")["requests"] if attempt in each["headers"]]


BODIES: dict[str, tuple[bytes, str | None]] = {
    "nothing": (b"", None),
    "white space": (b" \n\t ", None),
    "no JSON": (b"model=echo", None),
    "half a JSON": (call()[:-5], None),
    "two JSONs": (call() + call(), None),
    "a byte order mark": (b"\xef\xbb\xbf" + call(), None),
    "UTF-16": (call().decode().encode("utf-16"), None),
    "a list": (b"[1, 2]", None),
    "null": (b"null", None),
    "a number": (b"12", None),
    "a string": (b'"echo"', None),
    "no model": (b'{"messages": []}', "model"),
    "a model that is null": (call(model=None), "model"),
    "a model that is a number": (call(model=7), "model"),
    "a model that is a list": (call(model=["echo"]), "model"),
    "no messages": (b'{"model": "echo"}', "messages"),
    "messages that are text": (call(messages="hello"), "messages"),
    "messages that are an object": (call(messages={"role": "user"}), "messages"),
    "messages that are null": (call(messages=None), "messages"),
    "a stream that is text": (call(stream="yes"), "stream"),
    "a stream that is a number": (call(stream=1), "stream"),
    "options that are a list": (call(stream_options=[]), "stream_options"),
    "usage that is text": (call(stream_options={"include_usage": "yes"}), "stream_options.include_usage"),
    "n that is text": (call(n="two"), "n"),
    "n that is a fraction": (call(n=1.5), "n"),
    "max_tokens beyond every number": (b'{"model":"echo","messages":[],"max_tokens":1e400}', "max_tokens"),
    "invalid UTF-8": (b'{"model":"echo","messages":[{"role":"user","content":"\xff\xfe"}]}', None),
    "a lone surrogate": (b'{"model":"\\ud800","messages":[]}', None),
    "a NUL between members": (b'{"model":"echo",\x00"messages":[]}', None),
    "a NUL in a text": (b'{"model":"ec\x00ho","messages":[]}', None),
    "NaN": (b'{"model":"echo","messages":[],"temperature":NaN}', None),
    "lists a hundred thousand deep": (
        b'{"model":"echo","messages":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        None,
    ),
    "objects a hundred thousand deep": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, None),
}


@pytest.mark.parametrize(("body", "param"), BODIES.values(), ids=BODIES)
def test_a_body_that_is_wrong_is_refused_with_its_place(
    gateway: Gateway, body: bytes, param: str | None
) -> None:
    answer = ask(gateway, body)
    assert answer.status == 400
    assert answer.error["code"] == "invalid_request"
    assert answer.error["param"] == param
    assert answer.headers["x-request-id"].startswith("req_")


def test_a_refusal_names_the_line_and_the_column(gateway: Gateway) -> None:
    answer = ask(gateway, b'{\n  "model": "echo",\n  "messages": [}\n')
    assert re.search(r"line 3, column \d+", answer.error["message"])


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/completions", {"prompt": "x"}), ("/v1/embeddings", {"input": "x"})],
    ids=["completions", "embeddings"],
)
def test_every_endpoint_refuses_alike(gateway: Gateway, path: str, body: dict[str, Any]) -> None:
    answer = ask(gateway, json.dumps({**body, "model": 7}).encode(), line=f"POST {path} HTTP/1.1")
    assert (answer.status, answer.error["param"]) == (400, "model")


def test_a_body_of_fifty_megabytes_is_too_large(gateway: Gateway) -> None:
    answer = ask(gateway, call(messages=[{"role": "user", "content": "x" * 50_000_000}]))
    assert (answer.status, answer.error["code"]) == (413, "request_too_large")
    assert "33554432" in answer.error["message"]


def test_ten_megabytes_are_passed_on_whole(gateway: Gateway, simulator: Simulator) -> None:
    text = "signal " * 1_500_000
    body = call(messages=[{"role": "user", "content": text}], metadata={"sim": "length=3"})
    answer = ask(gateway, body)
    assert answer.status == 200
    (sent,) = sent_for(simulator, answer)
    assert sent["body"]["messages"][0]["content"] == text


@pytest.mark.parametrize(
    ("body", "model"),
    [
        (b'{"model":"sim/large","messages":%b,"model":"sim/echo"}', "echo"),
        (b'{"model":"sim/large","messages":%b,"\\u006dodel":"sim/echo"}', "echo"),
        (b'{"\\u006dodel":"sim/large","messages":%b,"model":"sim/echo"}', "echo"),
        (b'{"model":"sim/echo","messages":7,"messages":%b}', "echo"),
    ],
    ids=["model", "model, the second escaped", "model, the first escaped", "messages"],
)
def test_of_equal_keys_the_vendor_sees_the_one_that_was_checked(
    gateway: Gateway, simulator: Simulator, body: bytes, model: str
) -> None:
    answer = ask(gateway, body % json.dumps(HELLO).encode())
    assert answer.status == 200
    (sent,) = sent_for(simulator, answer)
    assert sent["body"]["model"] == model
    assert sent["body"]["messages"] == HELLO
    (row,) = gateway.attempts(answer.headers["x-request-id"])
    assert (row["model_asked"], row["model_served"]) == (f"sim/{model}", model)


def test_a_key_for_one_model_gets_no_other_by_asking_twice(gateway: Gateway) -> None:
    narrow = {"authorization": f"Bearer {gateway.new_key(models=['echo'])[1]}"}
    for body in (
        b'{"model":"echo","messages":[],"model":"small"}',
        b'{"model":"echo","\\u006dodel":"small","messages":[]}',
    ):
        answer = ask(gateway, body, headers=narrow)
        assert (answer.status, answer.error["code"]) == (403, "model_not_allowed")


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    "model",
    [
        "sim/small\r\nx-evil: 1",
        "sim/sim-\r\n\r\nHTTP/1.1 200 OK",
        "sim/sim-x\nx-evil: 1",
        "sim/sim-\0",
        "evil\r\nx-evil: 1",
    ],
    ids=["a header", "a response", "a bare line feed", "a NUL", "unknown"],
)
def test_a_models_name_never_becomes_a_header(
    gateway: Gateway, simulator: Simulator, model: str, stream: bool
) -> None:
    answer = ask(gateway, call(model=model, stream=stream, metadata={"sim": "length=3"}))
    assert answer.status in (200, 404)
    assert "x-evil" not in answer.headers
    for sent in sent_for(simulator, answer):
        assert "x-evil" not in dict(sent["headers"])
        assert sent["path"] == CHAT


@pytest.mark.parametrize(
    "name",
    ["sim-日本語", "sim-ünïcødé", "sim-🚂", "sim-" + "x" * 5000],
    ids=["kanji", "latin", "emoji", "long"],
)
def test_any_name_of_a_model_reaches_the_vendor_as_it_is(
    gateway: Gateway, simulator: Simulator, name: str
) -> None:
    answer = ask(gateway, call(model=f"sim/{name}"))
    assert answer.status == 200
    assert json.loads(answer.body)["model"] == name
    assert answer.headers["x-signalbox-target"].isascii()
    assert gateway.attempts(answer.headers["x-request-id"])[0]["status"] == "ok"


@settings(max_examples=60, deadline=None)
@given(
    path=st.sampled_from([CHAT, "/v1/completions", "/v1/embeddings"]),
    fields=st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES, max_size=8),
    good=st.booleans(),
)
def test_a_body_of_any_values_is_answered_or_refused(
    gateway: Gateway, path: str, fields: dict[str, Any], good: bool
) -> None:
    start = {"model": "echo", "messages": HELLO, "prompt": "x", "input": "x"} if good else {}
    body = json.dumps({**start, **fields}).encode()
    answered_or_refused(gateway, path, body)


@settings(max_examples=50, deadline=None)
@given(body=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_a_body_of_any_bytes_is_refused(gateway: Gateway, body: bytes) -> None:
    answered_or_refused(gateway, CHAT, body)


@settings(max_examples=50, deadline=None)
@given(place=st.integers(0, len(call()) - 1), byte=st.integers(0, 255))
def test_a_body_with_one_byte_changed_is_answered_or_refused(gateway: Gateway, place: int, byte: int) -> None:
    body = bytearray(call())
    body[place] = byte
    answered_or_refused(gateway, CHAT, bytes(body))


def answered_or_refused(gateway: Gateway, path: str, body: bytes) -> None:
    answer = ask(gateway, body, line=f"POST {path} HTTP/1.1")
    assert answer.status in (200, 400, 404), answer
    if answer.status != 200:
        assert answer.error
