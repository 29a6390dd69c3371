"""Bodies that are wrong in every way at the path of every format: refused in its own shape, others go on."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.kinds import Operation
from tests.formats import FORMATS, Format
from tests.journeys.program import Gateway
from tests.journeys.test_bad_input import JSON_VALUES
from tests.journeys.wire import Answer, request, talk

pytestmark = pytest.mark.usefixtures("others_go_on")

ASKED = [each for each in FORMATS.values() if each.operation not in (Operation.CHAT, Operation.COMPLETIONS)]
EACH = pytest.mark.parametrize("form", ASKED, ids=[each.operation.value for each in ASKED])
MODELS = ("chat/echo", "messages/echo", "generate_content/echo")
CHOSEN = {"form": st.sampled_from(ASKED), "model": st.sampled_from(MODELS), "stream": st.booleans()}


@pytest.fixture(scope="module")
def gateway(every_format: Gateway) -> Gateway:
    """The one that everybody here calls."""
    return every_format


def ask(gateway: Gateway, path: str, body: bytes, **options: Any) -> Answer:
    (answer,) = talk(gateway, request(gateway, body, line=f"POST {path} HTTP/1.1", **options))
    assert answer.complete
    return answer


def refused(form: Format, answer: Answer) -> str:
    return form.error(answer.body, stream=answer.status == 200)


@EACH
@pytest.mark.parametrize(
    "body",
    [b"", b" \n", b"model=echo", b'{"a":', b"[]", b"null", b'"x"', b"\xef\xbb\xbf{}", b'{"model":"\xff"}']
    + [b'{"messages":' + b"[" * 100_000, b'{"contents":{"a":' * 50_000],
    ids=str,
)
def test_a_body_that_is_none_is_refused_in_the_formats_shape(
    gateway: Gateway, form: Format, body: bytes
) -> None:
    answer = ask(gateway, form.at("chat/echo", stream=False), body)
    assert answer.status == 400 and refused(form, answer)
    if form.id_header:
        assert answer.headers[form.id_header].startswith("req_")


@EACH
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": ""}, 401),
        ({"content-type": "text/plain"}, 415),
        ({"content-encoding": "gzip"}, 415),
    ],
    ids=["no key", "another type", "packed"],
)
def test_headers_that_are_wrong_are_refused_in_the_formats_shape(
    gateway: Gateway, form: Format, headers: dict[str, str], status: int
) -> None:
    body = json.dumps(form.ask("chat/echo", "Hello")).encode()
    answer = ask(gateway, form.at("chat/echo", stream=False), body, headers=headers)
    assert answer.status == status and refused(form, answer)


@EACH
def test_a_model_that_is_none_is_refused_in_the_formats_shape(gateway: Gateway, form: Format) -> None:
    body = json.dumps(form.ask("nowhere/x", "Hello")).encode()
    answer = ask(gateway, form.at("nowhere/x", stream=False), body)
    assert answer.status == 404 and "nowhere/x" in refused(form, answer)


@EACH
def test_a_body_too_large_is_refused_in_the_formats_shape(gateway: Gateway, form: Format) -> None:
    answer = ask(gateway, form.at("chat/echo", stream=False), b"x" * 40_000_000)
    assert answer.status == 413 and "33554432" in refused(form, answer)


@EACH
def test_a_body_that_is_no_http_is_refused_in_the_formats_shape(gateway: Gateway, form: Format) -> None:
    chunked = {"transfer-encoding": "chunked"}
    answer = ask(gateway, form.at("chat/echo", stream=False), b"zz\r\n", headers=chunked, framed=False)
    assert answer.status == 400 and refused(form, answer)


@EACH
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_another_method_is_refused_in_the_formats_shape(gateway: Gateway, form: Format, method: str) -> None:
    path = form.at("echo", stream=False)
    (answer,) = talk(gateway, request(gateway, b"", line=f"{method} {path} HTTP/1.1"))
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert method in refused(form, answer)


@pytest.mark.parametrize("named", [{}, {"model": "nowhere/x"}, {"model": None}, {"model": 7}], ids=str)
@pytest.mark.parametrize(
    ("below", "said"),
    [
        ("chat/completions", {"messages": [{"role": "user", "content": "Hello"}]}),
        ("completions", {"prompt": "Hello"}),
        ("embeddings", {"input": "Hello"}),
    ],
)
def test_a_deployment_is_named_by_its_path_alone(
    gateway: Gateway, below: str, said: dict[str, Any], named: dict[str, Any]
) -> None:
    path = f"/openai/deployments/chat%2Fecho/{below}?api-version=2024-10-21"
    answer = ask(gateway, path, json.dumps({**said, **named}).encode())
    assert answer.status == 200, answer.body
    (row,) = gateway.attempts(answer.headers["x-request-id"])
    assert (row["model_asked"], row["model_served"]) == ("chat/echo", "echo")


TURN = {"messages": [{"role": "user", "content": "Hello"}]}
NEVER_STREAMED = {
    "/v1/messages/count_tokens": TURN,
    "/v1/responses/input_tokens": {"input": "Hello"},
    "/v1beta/models/MODEL:countTokens": {"contents": [{"parts": [{"text": "Hello"}]}]},
    "/v1/embeddings": {"input": "Hello"},
    "/v2/embed": {"texts": ["Hello"], "input_type": "classification"},
    "/api/embed": {"input": "Hello"},
}


@pytest.mark.parametrize("model", ["chat/echo", "messages/echo", "generate_content/echo"])
@pytest.mark.parametrize(("path", "said"), NEVER_STREAMED.items(), ids=NEVER_STREAMED)
def test_what_is_never_streamed_is_answered_whole_whatever_is_asked(
    gateway: Gateway, path: str, said: dict[str, Any], model: str
) -> None:
    if model == "messages/echo" and "embed" in path:
        return  # Anthropic embeds nothing
    body = json.dumps({"model": model, **said, "stream": True}).encode()
    answer = ask(gateway, path.replace("MODEL", model), body)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert isinstance(json.loads(answer.body), dict)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where in a body something can be put in place of something else."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*path, key)
        yield from places(each, (*path, key))


def put(body: Any, place: tuple[Any, ...], value: Any) -> Any:
    changed = deepcopy(body)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return changed


@settings(max_examples=80, deadline=None)
@given(data=st.data(), value=JSON_VALUES, tool=st.sampled_from(["", "signal"]), **CHOSEN)
def test_any_value_in_any_place_is_answered_or_refused(
    gateway: Gateway, data: st.DataObject, value: Any, tool: str, form: Format, model: str, stream: bool
) -> None:
    asked = form.ask(model, "Hello, box.", stream=stream, tool=tool)
    place = data.draw(st.sampled_from(list(places(asked))))
    answered_or_refused(gateway, form, model, json.dumps(put(asked, place, value)).encode(), stream)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), byte=st.integers(0, 255), **CHOSEN)
def test_any_byte_changed_is_answered_or_refused(
    gateway: Gateway, data: st.DataObject, byte: int, form: Format, model: str, stream: bool
) -> None:
    body = bytearray(json.dumps(form.ask(model, "Hello, box.", stream=stream, tool="signal")).encode())
    body[data.draw(st.integers(0, len(body) - 1))] = byte
    answered_or_refused(gateway, form, model, bytes(body), stream)


def answered_or_refused(gateway: Gateway, form: Format, model: str, body: bytes, stream: bool) -> None:
    answer = ask(gateway, form.at(model, stream=stream), body)
    assert answer.status in (200, 400, 404), (answer, body)
    if answer.status != 200:
        assert form.error(answer.body, stream=False)
