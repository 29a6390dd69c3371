"""Chat completions: what the road learns of a request and of an answer."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dialects.dialect import Asked, Destination, Spoken, WholeAnswer
from dialects.errors import Malformed, VendorError
from dialects.openai.chat import OpenAIChat
from dialects.usage import Usage

CHAT: Spoken = OpenAIChat()
MESSAGES = [{"role": "user", "content": "hi"}]

ODD = st.sampled_from([None, True, 1.50, "a", [1.0, {"a": "\u00e9"}], {"include_usage": False}])
BODIES = st.dictionaries(st.sampled_from(["user", "tools", "a", "\u00e9", "metadata"]), ODD).map(
    lambda more: json.dumps({"model": "m", "messages": MESSAGES} | more).encode()
)

REQUESTS = [
    pytest.param({}, Asked("m"), id="nothing more"),
    pytest.param({"stream": True}, Asked("m", stream=True), id="stream"),
    pytest.param({"stream": None, "stream_options": None}, Asked("m"), id="nulls"),
    pytest.param(
        {"stream": True, "stream_options": {"include_usage": True}},
        Asked("m", stream=True, include_usage=True),
        id="usage asked for",
    ),
    pytest.param({"stream_options": {"include_usage": None}}, Asked("m"), id="usage null"),
    pytest.param({"stream_options": {"include_obfuscation": False}}, Asked("m"), id="another option"),
    pytest.param({"max_tokens": 7}, Asked("m", max_output=7), id="max_tokens"),
    pytest.param({"max_completion_tokens": 5, "max_tokens": 7}, Asked("m", max_output=5), id="the newer cap"),
    pytest.param(
        {"max_completion_tokens": None, "max_tokens": 7}, Asked("m", max_output=7), id="one cap null"
    ),
    pytest.param(
        {"max_completion_tokens": 0, "max_tokens": 7}, Asked("m", max_output=0), id="no token at all"
    ),
    pytest.param({"n": 3}, Asked("m", choices=3), id="choices"),
    pytest.param({"n": None}, Asked("m"), id="choices null"),
    pytest.param({"temperature": "odd", "tools": 7}, Asked("m"), id="what is the vendor's to judge"),
]


def facts(body: bytes) -> Asked:
    return replace(CHAT.peek(body), parts=None)


@pytest.mark.parametrize(("fields", "asked"), REQUESTS)
def test_a_request_is_read(fields: dict[str, Any], asked: Asked) -> None:
    assert facts(json.dumps({"model": "m", "messages": MESSAGES} | fields).encode()) == asked


@pytest.mark.parametrize(
    ("fields", "message", "param"),
    [
        pytest.param(
            {"messages": "hi"}, "at 'messages': Expected `array`, got `str`.", "messages", id="a text"
        ),
        pytest.param(
            {"messages": None}, "at 'messages': Expected `array`, got `null`.", "messages", id="null"
        ),
        pytest.param(
            {"messages": {}}, "at 'messages': Expected `array`, got `object`.", "messages", id="object"
        ),
        pytest.param(
            {"messages": 7}, "at 'messages': Expected `array`, got `number`.", "messages", id="number"
        ),
        pytest.param(
            {"messages": True}, "at 'messages': Expected `array`, got `bool`.", "messages", id="bool"
        ),
        pytest.param(
            {"stream": "yes"}, "at 'stream': Expected `bool | null`, got `str`.", "stream", id="stream"
        ),
        pytest.param(
            {"stream_options": {"include_usage": 1}},
            "at 'stream_options.include_usage': Expected `bool | null`, got `int`.",
            "stream_options.include_usage",
            id="inside",
        ),
        pytest.param(
            {"max_tokens": 1.5},
            "at 'max_tokens': Expected `int | null`, got `float`.",
            "max_tokens",
            id="half",
        ),
    ],
)
def test_a_bad_request_is_refused(fields: dict[str, Any], message: str, param: str) -> None:
    with pytest.raises(Malformed) as refused:
        CHAT.peek(json.dumps({"model": "m", "messages": MESSAGES} | fields).encode())
    assert (refused.value.message, refused.value.param) == (f"Invalid request body {message}", param)


def test_of_equal_keys_the_last_is_the_one_that_is_checked() -> None:
    assert facts(b'{"model":"m","messages":7,"messages": [ ]}') == Asked("m")
    with pytest.raises(Malformed):
        CHAT.peek(b'{"model":"m","messages":[],"messages":7}')


def test_what_the_messages_hold_is_the_vendors_to_judge() -> None:
    assert facts(b'{"model":"m","messages":["hi",7]}') == Asked("m")


def test_messages_must_be_there() -> None:
    with pytest.raises(Malformed) as refused:
        CHAT.peek(b'{"model":"m"}')
    assert refused.value.param == "messages"


def answer(*choices: Any, **fields: Any) -> bytes:
    return json.dumps({"id": "c1", "choices": list(choices)} | fields).encode()


def said(**message: Any) -> dict[str, Any]:
    return {"index": 0, "message": {"role": "assistant"} | message, "finish_reason": "stop"}


TOLD = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
TOOL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}

ANSWERS = [
    pytest.param(answer(said(content="hi"), usage=TOLD), WholeAnswer(Usage(3, 2), None, 0), id="usage"),
    pytest.param(answer(said(content="hi")), WholeAnswer(None, None, 2), id="no usage"),
    pytest.param(answer(said(content="hi"), usage=None), WholeAnswer(None, None, 2), id="usage null"),
    pytest.param(
        answer(said(content="hi"), usage=TOLD | {"prompt_tokens": "3.0"}),
        WholeAnswer(Usage(3, 2), None, 0),
        id="odd usage",
    ),
    pytest.param(
        answer(said(content="hi"), usage="many"), WholeAnswer(None, None, 2), id="usage of no shape"
    ),
    pytest.param(answer(said(content=None, tool_calls=[TOOL])), WholeAnswer(None, None, 7), id="a tool call"),
    pytest.param(answer(said(content="a"), said(content="bc")), WholeAnswer(None, None, 3), id="two choices"),
    pytest.param(
        answer(said(content={"odd": 1}), said(content="a")), WholeAnswer(None, None, 5), id="odd content"
    ),
    pytest.param(answer(said(content="\ud83d")), WholeAnswer(None, None, 1), id="half an emoji"),
    pytest.param(
        answer(said(content="\ud83d"), usage=TOLD), WholeAnswer(Usage(3, 2), None, 0), id="and usage"
    ),
    pytest.param(
        answer(),
        WholeAnswer(None, VendorError("an answer without a choice", code="malformed_event"), 0),
        id="no choice",
    ),
    *(
        pytest.param(
            answer({"finish_reason": "error", **why, "message": {"content": "a"}}, usage=TOLD),
            WholeAnswer(Usage(3, 2), error, 0),
            id=f"it ended with an error, {name}",
        )
        for name, why, error in [
            (
                "and says no more",
                {},
                VendorError("the vendor ended its answer with an error", code="finish_error"),
            ),
            ("and says why", {"error": {"code": 502, "message": "m"}}, VendorError("m", code="502")),
        ]
    ),
    pytest.param(
        answer({"finish_reason": 7, "message": {"content": "a"}}, usage=TOLD),
        WholeAnswer(Usage(3, 2), None, 0),
        id="an end that is no word",
    ),
    pytest.param(
        answer(said(content="a"), error=None, usage=TOLD), WholeAnswer(Usage(3, 2), None, 0), id="error null"
    ),
    pytest.param(
        answer(error={"message": "m", "code": 502}),
        WholeAnswer(None, VendorError("m", code="502"), 0),
        id="error",
    ),
    pytest.param(b'{"error":"down"}', WholeAnswer(None, VendorError("down"), 0), id="error as a text"),
]


@pytest.mark.parametrize(("body", "whole"), ANSWERS)
def test_an_answer_is_read(body: bytes, whole: WholeAnswer) -> None:
    assert CHAT.peek_answer(body) == whole


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(b"{}", "the answer has no choices", id="no choices"),
        pytest.param(b'{"choices":null}', "the answer has no choices", id="choices null"),
        pytest.param(b"<html>", "the answer is not a JSON object", id="HTML"),
        pytest.param(answer(said(content="hi"))[:-5], "the answer is not a JSON object", id="cut"),
        pytest.param(
            answer(7),
            "the answer has an unknown shape: Expected `object`, got `int` - at `$.choices[0]`",
            id="a choice that is none",
        ),
    ],
)
def test_what_is_no_answer_is_malformed(body: bytes, message: str) -> None:
    with pytest.raises(Malformed) as refused:
        CHAT.peek_answer(body)
    assert refused.value.message == message


@given(st.binary(max_size=80) | st.sampled_from([row.values[0] for row in ANSWERS]).flatmap(
    lambda body: st.tuples(st.integers(0, 200), st.binary(max_size=3)).map(
        lambda hit: body[: hit[0]] + hit[1] + body[hit[0] + 1 :]
    )
))  # fmt: skip
def test_no_damage_breaks_the_reader_of_answers(body: bytes) -> None:
    try:
        CHAT.peek_answer(body)
    except Malformed as refused:
        assert refused.message.startswith("the answer")


@given(BODIES)
def test_a_body_that_was_taken_apart_is_edited_like_any_other(body: bytes) -> None:
    to, asked = Destination("gpt-x", ask_usage=True, drops=frozenset(["user"])), CHAT.peek(body)
    assert asked.parts is not None and asked.parts.body is body
    assert CHAT.edit(body, to, asked.parts) == CHAT.edit(body, to)
    masked = body.replace(b'"hi"', b'"ho"')
    assert CHAT.edit(masked, to, asked.parts) == CHAT.edit(masked, to) != CHAT.edit(body, to)


def test_an_edited_request_asks_the_same_of_another_model() -> None:
    sent = b'{"model":"fast","messages":[{"role":"user","content":"hi"}],"stream":true}'
    edited = CHAT.edit(sent, Destination("gpt-x", ask_usage=True))
    assert facts(edited) == Asked("gpt-x", stream=True, include_usage=True)


@given(st.text(), st.none() | st.text(min_size=1), st.none() | st.text(min_size=1))
def test_an_error_is_read_as_it_was_written(message: str, code: str | None, param: str | None) -> None:
    error = VendorError(message or "m", "t", code, param)
    assert CHAT.read_error(400, CHAT.write_error(error, 400)) == error
    reader = CHAT.watcher(hide_usage=True)
    assert reader.feed(CHAT.write_error_event(error, 400)) == b""
    assert reader.error == error


def test_input_is_estimated_from_the_size_of_the_body() -> None:
    assert CHAT.input_estimate(b"x" * 401) == 101
