"""Cohere's chat says the same in both directions, whole or in a stream."""

from typing import Any

import msgspec
import pytest
from cohere.types import ChatMessageV2, ToolV2
from cohere.v2.types.v2chat_response import V2ChatResponse
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from dialects.answer import Answer, Choice, Finish
from dialects.cohere.chat import CohereChat
from dialects.conversation import (
    Conversation,
    Format,
    Image,
    Inline,
    Message,
    Part,
    Reasoning,
    RedactedThinking,
    Refusal,
    Text,
    Thinking,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from dialects.dialect import Asked, Destination, Dialect, Reply, WholeAnswer
from dialects.errors import Malformed, VendorError
from dialects.features import fit
from dialects.usage import Usage
from tests.dialects.conversations import answers, conversations
from tests.dialects.oracles import gathered, oddities, reads, streamed, watched

COHERE: Dialect = CohereChat()
TO = Destination("m", unsupported="drop")
REPLY = Reply("r1", 1_700_000_000, "m")
BUDGETS = {"low": 1024, "medium": 4096, "high": 16384}
places = st.lists(st.integers(0, 5000), max_size=6)
replace = msgspec.structs.replace


def canonical(conversation: Conversation) -> Conversation:
    """What Cohere can say of a conversation that fits it: its own words for choices, efforts, formats."""
    choice = conversation.tool_choice
    tools = conversation.tools
    if choice is not None and choice.names:
        tools, choice = tools[:1], ToolChoice(choice.mode)
    reasoning, form = conversation.reasoning, conversation.format
    logprobs = None if conversation.sampling.logprobs is None else 0
    return replace(
        conversation,
        dialect="cohere_chat",
        model="m",
        tools=tools,
        parallel_tools=None,
        tool_choice=None if choice == ToolChoice("auto") else choice,
        sampling=replace(conversation.sampling, logprobs=logprobs),
        format=form and Format(form.kind, form.schema),
        reasoning=reasoning and Reasoning(budget=BUDGETS[reasoning.effort or ""]),
        include_usage=True,
    )


def shown(answer: Answer) -> Answer:
    """What Cohere can show: no model, no time, no signatures, no reasons that it has no word for."""
    choice = answer.choices[0]
    parts = tuple(shown_part(part) for part in choice.parts if not isinstance(part, RedactedThinking))
    reason = "error" if choice.finish.reason == "content_filter" else choice.finish.reason
    usage = answer.usage and Usage(answer.usage.input, answer.usage.output, answer.usage.cached_read)
    return Answer("cohere_chat", (Choice(parts, Finish(reason)),), id=answer.id, usage=usage)


def shown_part(part: Part) -> Part:
    if isinstance(part, Thinking):
        return Thinking(part.text)
    return Text(part.text) if isinstance(part, Refusal) else part


@given(conversations())
def test_what_is_written_is_read_again(conversation: Conversation) -> None:
    fitted, _ = fit(conversation, COHERE, TO)
    assert COHERE.read_request(COHERE.write_request(fitted, TO)) == canonical(fitted)


@given(conversations())
def test_what_was_read_once_is_read_the_same_for_ever(conversation: Conversation) -> None:
    fitted, _ = fit(conversation, COHERE, TO)
    once = COHERE.read_request(COHERE.write_request(fitted, TO))
    assert COHERE.read_request(COHERE.write_request(once, TO)) == once


@given(conversations())
def test_coheres_own_types_know_what_is_written(conversation: Conversation) -> None:
    fitted, _ = fit(conversation, COHERE, TO)
    body = msgspec.json.decode(COHERE.write_request(fitted, TO))
    for message in body["messages"]:
        TypeAdapter(ChatMessageV2).validate_python(message)
    for tool in body.get("tools", []):
        ToolV2.model_validate(tool)


@given(answers())
def test_a_whole_answer_is_read_as_it_was_written(answer: Answer) -> None:
    assert COHERE.read_answer(COHERE.write_answer(answer, REPLY)) == shown(answer)


@given(answers())
def test_coheres_own_types_know_a_whole_answer(answer: Answer) -> None:
    read = V2ChatResponse.model_validate_json(COHERE.write_answer(answer, REPLY))
    calls = [part.name for part in answer.choices[0].parts if isinstance(part, ToolCall)]
    assert [call.function and call.function.name for call in read.message.tool_calls or []] == calls


@given(answers().filter(lambda answer: answer.choices[0].finish.reason != "content_filter"))
def test_a_streamed_answer_is_the_whole_one(answer: Answer) -> None:
    assert gathered(COHERE, streamed(COHERE, answer, REPLY)) == shown(answer)


@given(answers().filter(lambda answer: answer.choices[0].finish.reason != "content_filter"), places)
def test_a_stream_passes_whatever_the_network_cuts(answer: Answer, cuts: list[int]) -> None:
    stream = streamed(COHERE, answer, REPLY)
    watcher, passed = watched(COHERE, stream, cuts)
    assert passed == stream
    assert (watcher.error, watcher.finished, watcher.done) == (None, True, True)
    assert watcher.usage == shown(answer).usage


MESSAGES = [{"role": "user", "content": "hi"}]


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        pytest.param({}, Asked("m", include_usage=True), id="nothing more"),
        pytest.param({"stream": True}, Asked("m", stream=True, include_usage=True), id="stream"),
        pytest.param({"max_tokens": 7}, Asked("m", include_usage=True, max_output=7), id="bound"),
        pytest.param({"k": "odd"}, Asked("m", include_usage=True), id="what is the vendor's to judge"),
    ],
)
def test_a_request_is_peeked_at(fields: dict[str, Any], asked: Asked) -> None:
    assert COHERE.peek(msgspec.json.encode({"model": "m", "messages": MESSAGES} | fields)) == asked


@pytest.mark.parametrize("body", [b"", b"[]", b'{"model":"m"}', b'{"model":"m","messages":{}}'])
def test_what_is_no_request_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        COHERE.peek(body)


def test_an_edit_asks_for_no_usage_because_cohere_always_tells_it() -> None:
    edited = COHERE.edit(b'{"messages":[1.50],"model":"a"}', Destination("b", ask_usage=True))
    assert edited == b'{"messages":[1.50],"model":"b"}'


def test_members_are_renamed_dropped_and_set_last() -> None:
    asked = Conversation(
        dialect="cohere_chat", model="x", messages=(Message("user", (Text("hi"),)),), stream=True
    )
    to = Destination("m", drops=frozenset(["stream"]), sets={"safety_mode": "OFF"}, ask_usage=True)
    assert msgspec.json.decode(COHERE.write_request(asked, to)) == {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "safety_mode": "OFF",
    }


WHOLE = {
    "id": "x",
    "finish_reason": "COMPLETE",
    "message": {"role": "assistant", "content": [{"type": "text", "text": "Hello"}]},
}
COUNTED = {"tokens": {"input_tokens": 70, "output_tokens": 4}, "billed_units": {"input_tokens": 5}}


@pytest.mark.parametrize(
    ("fields", "whole"),
    [
        pytest.param(WHOLE | {"usage": COUNTED}, WholeAnswer(Usage(5, 4), None, 0), id="usage"),
        pytest.param(WHOLE, WholeAnswer(None, None, 5), id="no usage"),
        pytest.param(
            WHOLE | {"finish_reason": "ERROR", "usage": COUNTED},
            WholeAnswer(
                Usage(5, 4), VendorError("the vendor ended its answer with an error", code="finish_error"), 0
            ),
            id="failed",
        ),
        pytest.param({"id": "x", "message": "no"}, WholeAnswer(None, VendorError("no"), 0), id="error"),
    ],
)
def test_an_answer_is_peeked_at(fields: dict[str, Any], whole: WholeAnswer) -> None:
    assert COHERE.peek_answer(msgspec.json.encode(fields)) == whole


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"message":{"content":7}}', b'{"message":{"tool_calls":[1]}}']
)
def test_what_is_no_answer_is_malformed(body: bytes) -> None:
    for read in (COHERE.peek_answer, COHERE.read_answer):
        with pytest.raises(Malformed, match=r"^the answer "):
            read(body)


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (400, b'{"id":"1","message":"invalid request: k"}', "invalid request: k"),
        (498, b'{"message":"blocked token"}', "blocked token"),
        (499, b'{"message":"request cancelled"}', "request cancelled"),
        (502, b"<html>", "status 502 without a readable body"),
        (500, b"", "status 500 without a readable body"),
    ],
)
def test_an_error_is_read(status: int, body: bytes, message: str) -> None:
    assert COHERE.read_error(status, body).message == message


@given(st.binary(max_size=60))
def test_no_error_body_is_too_odd(body: bytes) -> None:
    assert COHERE.read_error(500, body).message


def test_an_error_is_written_in_coheres_shape() -> None:
    assert COHERE.write_error(VendorError("no"), 429) == b'{"message":"no"}'


def test_an_error_inside_a_stream_is_heard_as_one() -> None:
    watcher, _ = watched(COHERE, COHERE.write_error_event(VendorError("cut off"), 502), [])
    assert watcher.error == VendorError("cut off", code="finish_error")
    assert not watcher.finished


def test_an_image_that_a_tool_found_is_shown_by_the_user() -> None:
    image = Image(Inline("image/png", "AA=="))
    turn = Message("tool", (ToolResult("c1", (Text("a map"), image)), ToolResult("c2", (Text("ok"),))))
    asked = Conversation(dialect="cohere_chat", model="m", messages=(turn,))
    assert COHERE.read_request(COHERE.write_request(asked, TO)).messages == (
        Message("tool", (ToolResult("c1", (Text("a map"),)), ToolResult("c2", (Text("ok"),)))),
        Message("user", (image,)),
    )


asked = oddities(
    *(
        "role",
        "content",
        "type",
        "text",
        "image_url",
        "url",
        "tool_calls",
        "tool_plan",
        "citations",
        "function",
    ),
    *("name", "id", "arguments", "tool_call_id", "system", "user", "assistant", "tool", "document", "data"),
)


@given(
    st.lists(asked, max_size=3),
    oddities("tools", "thinking", "type", "k", "p", "response_format", "stop_sequences"),
)
def test_no_request_is_too_odd(messages: list[Any], more: dict[str, Any]) -> None:
    reads(COHERE.read_request, {"model": "m", "messages": messages} | more)


@given(
    asked, oddities("id", "finish_reason", "usage", "tokens", "input_tokens", "logprobs", "text", "message")
)
def test_no_answer_is_too_odd(message: dict[str, Any], more: dict[str, Any]) -> None:
    whole = {"message": message} | more
    if reads(COHERE.read_answer, whole):
        assert reads(COHERE.peek_answer, whole)
