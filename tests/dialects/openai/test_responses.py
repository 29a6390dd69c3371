"""The Responses API as the road uses it: what it peeks at, what it edits, how it refuses."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import APIError, OpenAI

from dialects.answer import Finish, Finished, Started, TextDelta
from dialects.conversation import Conversation, Message, Text
from dialects.dialect import Asked, Destination, Dialect, Reply, WholeAnswer
from dialects.errors import Malformed, VendorError
from dialects.features import NAMES
from dialects.openai.responses import OpenAIResponses
from dialects.usage import Usage
from tests.dialects.openai_responses_recorded import (
    CREATED,
    completed,
    event,
    message,
    response,
    text,
)

RESPONSES: Dialect = OpenAIResponses()
REPLY = Reply("r", 1, "m")


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        pytest.param({}, Asked("m", include_usage=True), id="nothing more"),
        pytest.param({"stream": True}, Asked("m", stream=True, include_usage=True), id="stream"),
        pytest.param(
            {"max_output_tokens": 7}, Asked("m", include_usage=True, max_output=7), id="max_output_tokens"
        ),
        pytest.param({"stream": None, "max_output_tokens": None}, Asked("m", include_usage=True), id="nulls"),
        pytest.param(
            {"input": 7, "previous_response_id": "resp_1", "background": True},
            Asked("m", include_usage=True),
            id="what is the vendor's to judge",
        ),
    ],
)
def test_a_request_is_peeked_at(fields: dict[str, Any], asked: Asked) -> None:
    assert RESPONSES.peek(json.dumps({"model": "m", "input": "hi"} | fields).encode()) == asked


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b'{"model":7}', "model"),
        (b"{}", "model"),
        (b'{"model":"m","stream":"yes"}', "stream"),
        (b"[]", None),
        (b"{", None),
        (b"\xff", None),
    ],
)
def test_what_is_no_request_is_refused(body: bytes, param: str | None) -> None:
    with pytest.raises(Malformed) as refused:
        RESPONSES.peek(body)
    assert refused.value.param == param


def test_an_edited_request_passes_but_for_its_model() -> None:
    sent = b'{"model":"fast","input":[{"a": 1.0e5}],"previous_response_id":"resp_1","background":false}'
    assert RESPONSES.edit(sent, Destination("gpt-x", ask_usage=True)) == (
        b'{"model":"gpt-x","input":[{"a": 1.0e5}],"previous_response_id":"resp_1","background":false}'
    )


@pytest.mark.parametrize(
    "sent",
    [b'{"model":"m","background" : true}', b'{"background":false,"model":"m","back\\u0067round":true}'],
)
def test_an_answer_that_nobody_would_count_is_not_asked_for(sent: bytes) -> None:
    with pytest.raises(Malformed, match="neither be fetched nor counted") as refused:
        RESPONSES.edit(sent, Destination("gpt-x"))
    assert (refused.value.param, refused.value.code) == ("background", None)  # nobody else could


def test_what_is_called_like_it_elsewhere_passes() -> None:
    sent = b'{"model":"m","metadata":{"background":true},"background":null}'
    assert RESPONSES.edit(sent, Destination("gpt-x")).endswith(
        b'"metadata":{"background":true},"background":null}'
    )


def test_what_another_vendor_sealed_is_not_sent_to_one_that_cannot_unseal_it() -> None:
    items = [
        {"type": "reasoning", "summary": [], "encrypted_content": "sb1:s:anthropic:x"},
        {"type": "reasoning", "summary": [], "encrypted_content": "sealed"},
        {"type": "function_call", "call_id": "c1__sb__cw", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1__sb__cw", "output": "ok"},
    ]
    edited = RESPONSES.edit(json.dumps({"model": "fast", "input": items}).encode(), Destination("gpt-x"))
    assert json.loads(edited)["input"] == [
        items[1],
        items[2] | {"call_id": "c1"},
        items[3] | {"call_id": "c1"},
    ]


@pytest.mark.parametrize("sent", [b'"\\"sb1:"', b'["__sb__"]', b'{"__sb__":1}'])
def test_what_only_looks_sealed_is_the_vendors_to_judge(sent: bytes) -> None:
    body = b'{"model":"gpt-x","input":' + sent + b"}"
    assert RESPONSES.edit(body, Destination("gpt-x")) == body


def test_a_target_has_its_wishes() -> None:
    asked = Conversation(
        dialect="test", model="fast", messages=(Message("user", (Text("hi"),)),), cache_key="k", user="u"
    )
    to = Destination(
        "gpt-x",
        ask_usage=True,
        drops=frozenset(["prompt_cache_key"]),
        renames={"user": "safety_identifier"},
        sets={"truncation": "auto"},
    )
    written = json.loads(RESPONSES.write_request(asked, to))
    del written["input"]
    assert written == {"model": "gpt-x", "store": False, "safety_identifier": "u", "truncation": "auto"}
    assert RESPONSES.read_request(RESPONSES.write_request(asked, to)).model == "gpt-x"


def test_answers_are_peeked_at_and_read() -> None:
    body = json.dumps(response(message(text("hi")))).encode()
    assert RESPONSES.peek_answer(body) == WholeAnswer(Usage(10, 6, 4, 2, 3), None, 0)
    answer = RESPONSES.read_answer(body)
    assert RESPONSES.read_answer(RESPONSES.write_answer(answer, REPLY)) == answer


def test_a_watched_stream_passes_bit_for_bit() -> None:
    stream = CREATED + event("response.smell", x=1) + b": comment\r\n\r\n" + completed()
    watcher = RESPONSES.watcher(hide_usage=True)
    assert watcher.feed(stream) + watcher.end() == stream
    assert (watcher.usage, watcher.finished) == (Usage(10, 6, 4, 2, 3), True)


def test_a_written_stream_is_read() -> None:
    writer, reader = RESPONSES.writer(REPLY), RESPONSES.reader()
    stream = writer.write([Started(), TextDelta("hi"), Finished(Finish("stop"))]) + writer.end()
    told = [delta for each in RESPONSES.framing.split(stream, 0)[0] for delta in reader.read(each)]
    assert told == [Started("resp_r", "m", 1), TextDelta("hi"), Finished(Finish("stop"))]


@given(st.text(min_size=1), st.none() | st.text(min_size=1), st.none() | st.text(min_size=1))
def test_an_error_is_read_as_it_was_written(words: str, code: str | None, param: str | None) -> None:
    error = VendorError(words, "t", code, param)
    assert RESPONSES.read_error(400, RESPONSES.write_error(error, 400)) == error
    watcher = RESPONSES.watcher(hide_usage=False)
    assert watcher.feed(RESPONSES.write_error_event(error, 400)) == b""
    assert watcher.error == error


def test_an_error_event_says_it_in_both_ways() -> None:
    written = RESPONSES.write_error_event(VendorError("m", None, "c", "p"), 500)
    assert written.startswith(b"event: error\ndata: ")
    assert json.loads(written.partition(b"data: ")[2]) == {
        "type": "error",
        "code": "c",
        "message": "m",
        "param": "p",
        "sequence_number": 0,
        "error": {"type": "server_error", "code": "c", "message": "m", "param": "p"},
    }


def client(stream: bytes) -> OpenAI:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=stream)

    transport = httpx.MockTransport(answer)
    return OpenAI(api_key="k", base_url="http://local", http_client=httpx.Client(transport=transport))


def test_the_official_sdk_raises_on_an_error_inside_a_stream() -> None:
    writer = RESPONSES.writer(REPLY)
    broken = writer.write([Started(), TextDelta("hi")])
    stream = broken + RESPONSES.write_error_event(VendorError("it broke", "server_error"), 502)
    with pytest.raises(APIError, match="it broke"):
        list(client(stream).responses.create(model="m", input="hi", stream=True))


def test_what_cannot_be_said_has_names_that_are_known() -> None:
    assert RESPONSES.cannot <= NAMES


def test_input_is_estimated_from_the_size_of_the_body() -> None:
    assert RESPONSES.input_estimate(b"x" * 401) == 101
