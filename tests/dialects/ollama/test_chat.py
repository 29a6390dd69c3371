"""Ollama's chat says the same in both directions, whole or in a stream."""

from typing import Any

import msgspec
import ollama
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.answer import Answer, Choice, Finish
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
from dialects.ollama.chat import OllamaChat
from dialects.usage import Usage
from tests.dialects.conversations import answers, conversations
from tests.dialects.oracles import gathered, oddities, reads, streamed, watched

OLLAMA: Dialect = OllamaChat()
TO = Destination("m", unsupported="drop")
REPLY = Reply("r1", 1_700_000_000, "m")
replace = msgspec.structs.replace


def canonical(conversation: Conversation) -> Conversation:
    """What Ollama can say of a conversation that fits it: one text a turn, tools shown or not."""
    choice, tools = conversation.tool_choice, conversation.tools
    if choice is not None and choice.mode == "none":
        tools = ()
    return replace(
        conversation,
        dialect="ollama_chat",
        model="m",
        messages=tuple(canonical_turn(message) for message in conversation.messages),
        tools=tools,
        tool_choice=None,
        parallel_tools=None,
        format=conversation.format and Format(conversation.format.kind, conversation.format.schema),
        include_usage=True,
    )


def canonical_turn(message: Message) -> Message:
    if message.role == "tool":
        return message
    between = "" if message.role == "assistant" else "\n\n"
    text = between.join(part.text for part in message.parts if isinstance(part, Text))
    said = [Text(text)] if text else []
    if message.role == "assistant":
        thoughts = [part for part in message.parts if isinstance(part, Thinking)]
        calls = [part for part in message.parts if isinstance(part, ToolCall)]
        return Message("assistant", (*thoughts, *said, *calls))
    images = [
        Image(Inline("image/png", part.source.data))
        for part in message.parts
        if isinstance(part, Image) and isinstance(part.source, Inline)
    ]
    return Message(message.role, (*said, *images))


def shown(answer: Answer) -> Answer:
    """What Ollama can show: no id, no signatures, and two reasons to end."""
    choice = answer.choices[0]
    parts = tuple(shown_part(part) for part in choice.parts if not isinstance(part, RedactedThinking))
    reason = "stop" if choice.finish.reason == "content_filter" else choice.finish.reason
    return Answer(
        "ollama_chat",
        (Choice(parts, Finish(reason)),),
        model=answer.model,
        created=answer.created,
        usage=answer.usage and Usage(answer.usage.input, answer.usage.output),
    )


def shown_part(part: Part) -> Part:
    if isinstance(part, Thinking):
        return Thinking(part.text)
    return Text(part.text) if isinstance(part, Refusal) else part


def without_durations(answer: Answer) -> Answer:
    assert set(answer.extra or {}) == {
        "total_duration",
        "load_duration",
        "prompt_eval_duration",
        "eval_duration",
    }
    return replace(answer, extra=None)


@given(conversations())
def test_what_is_written_is_read_again(conversation: Conversation) -> None:
    fitted, _ = fit(conversation, OLLAMA, TO)
    assert OLLAMA.read_request(OLLAMA.write_request(fitted, TO)) == canonical(fitted)


@given(conversations())
def test_what_was_read_once_is_read_the_same_for_ever(conversation: Conversation) -> None:
    fitted, _ = fit(conversation, OLLAMA, TO)
    once = OLLAMA.read_request(OLLAMA.write_request(fitted, TO))
    assert OLLAMA.read_request(OLLAMA.write_request(once, TO)) == once


@given(answers())
def test_a_whole_answer_is_read_as_it_was_written(answer: Answer) -> None:
    assert without_durations(OLLAMA.read_answer(OLLAMA.write_answer(answer, REPLY))) == shown(answer)


@given(answers())
def test_ollamas_own_types_know_a_whole_answer(answer: Answer) -> None:
    read = ollama.ChatResponse.model_validate_json(OLLAMA.write_answer(answer, REPLY))
    assert (read.model, read.done, read.total_duration) == ("some-model", True, 0)


@given(answers())
def test_a_streamed_answer_is_the_whole_one(answer: Answer) -> None:
    assert gathered(OLLAMA, streamed(OLLAMA, answer, REPLY)) == shown(answer)


@given(answers(), st.lists(st.integers(0, 5000), max_size=6))
def test_a_stream_passes_whatever_the_network_cuts(answer: Answer, cuts: list[int]) -> None:
    stream = streamed(OLLAMA, answer, REPLY)
    watcher, passed = watched(OLLAMA, stream, cuts)
    assert passed == stream
    assert (watcher.error, watcher.finished, watcher.done) == (None, True, True)
    assert watcher.usage == shown(answer).usage


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        pytest.param({}, Asked("m", stream=True, include_usage=True), id="streams unless told not to"),
        pytest.param({"stream": None}, Asked("m", stream=True, include_usage=True), id="null"),
        pytest.param({"stream": False}, Asked("m", include_usage=True), id="not streamed"),
        pytest.param({"messages": None}, Asked("m", stream=True, include_usage=True), id="loads the model"),
        pytest.param(
            {"options": {"num_predict": 7}},
            Asked("m", stream=True, include_usage=True, max_output=7),
            id="bound",
        ),
        pytest.param(
            {"options": {"num_predict": -1}}, Asked("m", stream=True, include_usage=True), id="no bound"
        ),
    ],
)
def test_a_request_is_peeked_at(fields: dict[str, Any], asked: Asked) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}]} | fields
    assert OLLAMA.peek(msgspec.json.encode(body)) == asked


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"model":"m","messages":{}}', b'{"model":"m","options":7}']
)
def test_what_is_no_request_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        OLLAMA.peek(body)


def test_an_edit_leaves_the_silence_about_streams_alone() -> None:
    edited = OLLAMA.edit(b'{"model":"a","options":{"num_ctx":1.0}}', Destination("b", ask_usage=True))
    assert edited == b'{"model":"b","options":{"num_ctx":1.0}}'


WHOLE = {
    "model": "m",
    "message": {"role": "assistant", "content": "Hello"},
    "done": True,
    "done_reason": "stop",
}


@pytest.mark.parametrize(
    ("fields", "whole"),
    [
        (WHOLE | {"prompt_eval_count": 9, "eval_count": 3}, WholeAnswer(Usage(9, 3), None, 0)),
        (WHOLE | {"eval_count": 3}, WholeAnswer(Usage(0, 3), None, 0)),
        (WHOLE, WholeAnswer(None, None, 5)),
        ({"error": "out of memory"}, WholeAnswer(None, VendorError("out of memory"), 0)),
    ],
    ids=["counted", "prompt still in memory", "not counted", "error"],
)
def test_an_answer_is_peeked_at(fields: dict[str, Any], whole: WholeAnswer) -> None:
    assert OLLAMA.peek_answer(msgspec.json.encode(fields)) == whole


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"message":7}', b'{"message":{"content":7}}', b'{"message":{},"done":false}'],
)
def test_what_is_no_answer_is_malformed(body: bytes) -> None:
    for read in (OLLAMA.peek_answer, OLLAMA.read_answer):
        with pytest.raises(Malformed, match=r"^the answer "):
            read(body)


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (404, b'{"error":"model \'x\' not found"}', "model 'x' not found"),
        (503, b'{"error":"server busy, please try again."}', "server busy, please try again."),
        (404, b"404 page not found", "404 page not found"),
        (500, b"", "status 500 without a readable body"),
    ],
)
def test_an_error_is_read(status: int, body: bytes, message: str) -> None:
    assert OLLAMA.read_error(status, body).message == message


def test_ollamas_own_client_reads_the_error() -> None:
    assert ollama.ResponseError(OLLAMA.write_error(VendorError("no"), 404).decode(), 404).error == "no"


def test_an_error_inside_a_stream_is_a_line() -> None:
    line = OLLAMA.write_error_event(VendorError("cut\noff"), 502)
    assert line == b'{"error":"cut\\noff"}\n'
    watcher, _ = watched(OLLAMA, line, [])
    assert watcher.error == VendorError("cut\noff")


def test_a_result_may_show_images() -> None:
    result = ToolResult("c", (Text("a map"), Image(Inline("image/jpeg", "/9j/AA=="))), name="f")
    asked = Conversation(dialect="ollama_chat", model="m", messages=(Message("tool", (result,)),))
    assert OLLAMA.read_request(OLLAMA.write_request(asked, TO)).messages == asked.messages


def test_a_named_tool_is_the_only_one_shown_where_the_model_may_choose() -> None:
    tools = [{"type": "function", "function": {"name": name, "parameters": {}}} for name in ("a", "b")]
    body = msgspec.json.encode({"model": "m", "messages": [], "tools": tools})
    asked = replace(OLLAMA.read_request(body), tool_choice=ToolChoice("auto", ("b",)))
    assert msgspec.json.decode(OLLAMA.write_request(asked, TO))["tools"] == tools[1:]


def test_a_choice_that_ollama_cannot_say_is_one_it_lacks() -> None:
    body = b'{"model":"m","messages":[],"think":"high"}'
    asked = replace(OLLAMA.read_request(body), tool_choice=ToolChoice("required"))
    assert fit(asked, OLLAMA, TO)[1] == ("tool_choice.required",)
    assert asked.reasoning == Reasoning("high")


said = oddities(
    *("role", "content", "images", "thinking", "tool_calls", "function", "name", "id", "arguments", "index"),
    *("tool_name", "tool_call_id", "system", "user", "assistant", "tool"),
)


@given(
    st.lists(said, max_size=3),
    oddities("tools", "think", "format", "options", "stop", "seed", "logprobs", "json"),
)
def test_no_request_is_too_odd(messages: list[Any], more: dict[str, Any]) -> None:
    reads(OLLAMA.read_request, {"model": "m", "messages": messages} | more)


@given(said, oddities("model", "created_at", "done", "done_reason", "eval_count", "logprobs", "error"))
def test_no_answer_is_too_odd(message: dict[str, Any], more: dict[str, Any]) -> None:
    whole = {"message": message} | more
    if reads(OLLAMA.read_answer, whole):
        assert reads(OLLAMA.peek_answer, whole)
