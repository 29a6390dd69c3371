"""What clients of clouds leave to the path, and put into the body, finds its place."""

from typing import Any, cast

import msgspec
import pytest

from config.kinds import Operation
from gateway.call import Call
from gateway.door.exchange import Exchange
from gateway.door.head import RequestHead
from gateway.endpoints.invoking import Invoked, invoked
from gateway.errors import BadRequest
from gateway.pipeline import answer
from tests.gateway.road import Answer, Road

VERTEX = b"/v1/projects/p/locations/l/publishers/anthropic/models/"
BODY = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": []}


def read(url: bytes, body: dict[str, Any], *headers: tuple[bytes, bytes]) -> Call:
    road = Road({"one": [Answer()]})
    pattern, model = next((each, each.model(url)) for each in invoked() if each.model(url) is not None)
    head = RequestHead(cast(Any, None), url, model or "", headers=list(headers))
    exchange = Exchange(cast(Any, None), head, body=msgspec.json.encode(body))
    return Invoked(pattern.face, road.services, answer)._read(exchange, "id", 0.0, 0)


@pytest.mark.parametrize(
    ("url", "stream"),
    [
        (b"/model/a%2Fb%3A0/invoke", False),
        (b"/model/a%2Fb%3A0/invoke-with-response-stream", True),
        (VERTEX + b"a%2Fb:0:rawPredict", False),
        (VERTEX.removeprefix(b"/v1") + b"a%2Fb:0:streamRawPredict", True),
    ],
)
def test_the_path_says_model_and_stream(url: bytes, stream: bool) -> None:
    call = read(url, {**BODY, "stream": not stream})
    assert (call.asked.model, call.asked.stream, call.operation) == ("a/b:0", stream, Operation.MESSAGES)
    assert msgspec.json.decode(call.body) == {
        "max_tokens": 9,
        "messages": [],
        "stream": stream,
        "model": "a/b:0",
    }


def test_what_is_counted_says_its_model_itself() -> None:
    call = read(VERTEX + b"count-tokens:rawPredict", {**BODY, "model": "m"})
    assert (call.asked.model, call.operation) == ("m", Operation.COUNT_MESSAGES)


def test_betas_in_a_body_go_where_anthropic_has_them_once() -> None:
    body = {**BODY, "anthropic_beta": ["b-1", "b.2"]}
    sent = b"anthropic-version: 2023-06-01\r\nanthropic-beta: b-1,b.2\r\n"
    assert read(b"/model/m/invoke", body).forwarded == sent
    assert read(b"/model/m/invoke", body, (b"anthropic-beta", b"b-1,b.2")).forwarded == sent
    assert b"beta" not in read(b"/model/m/invoke", {**BODY, "anthropic_beta": []}).forwarded


@pytest.mark.parametrize("betas", ["x", ["a\r\nx: y"], [""], [1], ["é"]])
def test_betas_that_are_no_names_are_refused(betas: Any) -> None:
    with pytest.raises(BadRequest) as refused:
        read(b"/model/m/invoke", {**BODY, "anthropic_beta": betas})
    assert refused.value.param == "anthropic_beta"
