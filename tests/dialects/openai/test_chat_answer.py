"""Whole answers: what vendors write is read, what is written OpenAI's own types take."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion

from dialects.answer import Answer, Choice, Finish
from dialects.conversation import (
    Audio,
    Citation,
    Image,
    Inline,
    Message,
    Native,
    Part,
    RedactedThinking,
    Refusal,
    Stored,
    Text,
    Thinking,
    ToolCall,
)
from dialects.dialect import Reply
from dialects.errors import Malformed
from dialects.openai.chat import OpenAIChat
from dialects.usage import Usage
from tests.dialects.conversations import answers

# A whole answer takes long to draw on a busy machine.
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CHAT = OpenAIChat()
REPLY = Reply("r1", 1_700_000_000, "asked")


def written(answer: Answer) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(CHAT.write_answer(answer, REPLY))
    ChatCompletion.model_validate(body, strict=True)
    return body


def answer(*parts: Part, **rest: Any) -> Answer:
    return Answer("test", (Choice(parts, rest.pop("finish", Finish("stop"))),), **rest)


def message(*parts: Part) -> dict[str, Any]:
    said: dict[str, Any] = written(answer(*parts))["choices"][0]["message"]
    return said


def read(*, finish: str | None = "stop", **members: Any) -> Choice:
    body = {"choices": [{"index": 0, "message": {"role": "assistant", **members}, "finish_reason": finish}]}
    (choice,) = CHAT.read_answer(json.dumps(body).encode()).choices
    return choice


@SLOW
@given(answers(CHAT.name))
def test_what_is_written_reads_the_same(answer: Answer) -> None:
    written(answer)
    assert CHAT.read_answer(CHAT.write_answer(answer, REPLY)) == answer


@SLOW
@given(answers())
def test_a_client_that_sends_its_answer_back_loses_no_signature(answer: Answer) -> None:
    said = written(answer)["choices"][0]["message"]
    body = json.dumps({"model": "m", "messages": [said]}).encode()
    (turn,) = CHAT.read_request(body).messages
    assert turn == Message("assistant", answer.choices[0].parts)


def test_a_call_comes_back_with_what_was_signed() -> None:
    said = message(ToolCall("a", "f", "{}", "s+/é"))
    assert set(said["tool_calls"][0]["id"]) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
    )
    (turn,) = CHAT.read_request(json.dumps({"model": "m", "messages": [said]}).encode()).messages
    assert turn.parts == (ToolCall("a", "f", "{}", "s+/é"),)


WHOLE = {
    "id": "c1",
    "object": "chat.completion",
    "created": 7,
    "model": "told",
    "system_fingerprint": "fp",
    "service_tier": "default",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "a", "refusal": None, "annotations": []},
            "logprobs": {"content": [{"token": "a", "logprob": -1.0, "bytes": None, "top_logprobs": []}]},
            "finish_reason": "length",
        },
        {"index": 1, "message": {"role": "assistant", "content": "b"}, "finish_reason": "stop"},
    ],
    "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
}


def test_openais_own_answer_is_read_whole_and_written_again() -> None:
    found = CHAT.read_answer(json.dumps(WHOLE).encode())
    token = {"token": "a", "logprob": -1.0, "bytes": None, "top_logprobs": []}
    assert found == Answer(
        "openai_chat",
        (
            Choice((Text("a"),), Finish("length"), 0, (token,)),
            Choice((Text("b"),), Finish("stop"), 1),
        ),
        "c1",
        "told",
        7,
        Usage(3, 2),
        "default",
        {"system_fingerprint": "fp"},
    )
    again = written(found)
    assert (again["system_fingerprint"], again["service_tier"], again["id"]) == ("fp", "default", "c1")
    assert again["choices"][0]["logprobs"]["content"] == [token]


@pytest.mark.parametrize(
    ("members", "parts"),
    [
        pytest.param({"content": "a", "reasoning_content": "hm"}, (Thinking("hm"), Text("a")), id="DeepSeek"),
        pytest.param(
            {"content": [{"type": "thinking", "thinking": [{"text": "hm"}]}, {"type": "text", "text": "4"}]},
            (Thinking("hm"), Text("4")),
            id="Mistral",
        ),
        pytest.param(
            {"content": "", "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": {}}}]},
            (ToolCall("a", "f", "{}"),),
            id="a call without a type, its arguments an object",
        ),
        pytest.param(
            {
                "tool_calls": [
                    {"function": {"name": "f", "arguments": ""}},
                    {"function": {"name": "f", "arguments": "{}"}},
                ]
            },
            (ToolCall("call_0_0", "f", ""), ToolCall("call_0_1", "f")),
            id="calls without ids",
        ),
        pytest.param({"refusal": "no"}, (Refusal("no"),), id="refusal"),
        pytest.param(
            {"audio": {"id": "s", "data": "QQ==", "transcript": "hi", "expires_at": 1}},
            (Audio(Inline("audio/wav", "QQ=="), "hi", {"id": "s", "expires_at": 1}),),
            id="sound",
        ),
        pytest.param({"content": "a\ud83d"}, (Text("a"),), id="cut inside a character"),
        pytest.param({"content": 7, "refusal": "no"}, (Refusal("no"),), id="odd types"),
    ],
)
def test_what_a_vendor_says_is_read(members: dict[str, Any], parts: tuple[Part, ...]) -> None:
    assert read(**members).parts == parts


def test_a_whole_answer_that_does_not_say_how_it_ended_was_done() -> None:
    assert read(content="a", finish=None).finish == Finish("stop", sure=False)
    assert read(tool_calls=[{"id": "a", "function": {"name": "f"}}], finish=None).finish == Finish(
        "tool_calls", sure=False
    )


def test_perplexitys_citations_are_of_the_text() -> None:
    body = b'{"choices":[{"message":{"content":"a"}}],"citations":["u"]}'
    assert CHAT.read_answer(body).choices[0].parts == (Text("a", (Citation("u"),)),)


def test_choices_without_numbers_are_counted() -> None:
    body = b'{"choices":[{"message":{"content":"a"}},{"message":{"content":"b"}}]}'
    assert [choice.index for choice in CHAT.read_answer(body).choices] == [0, 1]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not a JSON object"),
        (b"[]", "not a JSON object"),
        (b"{}", "no choices"),
        (b'{"choices":7}', "no choices"),
        (b'{"error":{"message":"m"},"choices":[]}', "is an error"),
        (b'{"choices":[{"message":{},"finish_reason":"error"}]}', "with an error"),
    ],
)
def test_what_is_no_answer_is_malformed(body: bytes, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        CHAT.read_answer(body)


def test_what_the_vendor_did_not_tell_is_the_replys() -> None:
    body = written(answer(Text("a")))
    assert (body["id"], body["created"], body["model"]) == ("chatcmpl-r1", 1_700_000_000, "asked")
    assert "usage" not in body


@pytest.mark.parametrize(
    ("parts", "members"),
    [
        pytest.param((Text("a"), Text("b")), {"content": "ab"}, id="texts"),
        pytest.param((Refusal("no"),), {"content": None, "refusal": "no"}, id="refusal"),
        pytest.param(
            (Thinking("hm", "s", "anthropic"), RedactedThinking("d", "anthropic"), Text("a")),
            {
                "reasoning_content": "hm",
                "reasoning_details": [
                    {
                        "type": "reasoning.text",
                        "text": "hm",
                        "signature": "s",
                        "format": "anthropic-claude-v1",
                        "index": 0,
                    },
                    {
                        "type": "reasoning.encrypted",
                        "data": "d",
                        "format": "anthropic-claude-v1",
                        "index": 1,
                    },
                ],
            },
            id="thoughts",
        ),
        pytest.param(
            (
                Text("ab"),
                Text("cd", (Citation("u", "t", None, 0, 1), Citation("v"), Citation(title="no address"))),
            ),
            {
                "annotations": [
                    {
                        "type": "url_citation",
                        "url_citation": {"start_index": 2, "end_index": 3, "url": "u", "title": "t"},
                    },
                    {
                        "type": "url_citation",
                        "url_citation": {"start_index": 2, "end_index": 4, "url": "v", "title": "v"},
                    },
                ]
            },
            id="citations",
        ),
        pytest.param(
            (Image(Inline("image/png", "QQ==")), Image(Stored("f"))),
            {"images": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,QQ=="}}]},
            id="pictures",
        ),
        pytest.param(
            (Audio(Inline("audio/wav", "QQ=="), "hi", {"id": "s", "expires_at": 1}),),
            {"audio": {"id": "s", "data": "QQ==", "transcript": "hi", "expires_at": 1}},
            id="sound",
        ),
        pytest.param(
            (Native("openai_chat", {"id": "a", "type": "custom", "custom": {"name": "c", "input": "x"}}),),
            {"tool_calls": [{"id": "a", "type": "custom", "custom": {"name": "c", "input": "x"}}]},
            id="a call with free text",
        ),
    ],
)
def test_what_a_client_sees(parts: tuple[Part, ...], members: dict[str, Any]) -> None:
    assert message(*parts).items() >= members.items()


def test_what_only_another_format_knows_is_no_call_of_a_tool() -> None:
    search = Native("openai_responses", {"type": "web_search_call", "id": "ws_1"})
    assert message(search, Text("a")) == message(Text("a"))


def test_usage_is_told_with_its_parts() -> None:
    assert written(answer(Text("a"), usage=Usage(9, 5, 3, 2, 4)))["usage"] == {
        "prompt_tokens": 9,
        "completion_tokens": 5,
        "total_tokens": 14,
        "prompt_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 2, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 4, "audio_tokens": 0},
    }


ODD = st.recursive(
    st.sampled_from([None, True, -1, 1e9, "a", "error", "\udfff"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["index", "content", "function", "message", "text"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["choices", "usage", "id", "created", "citations"]), ODD))
def test_an_odd_answer_is_read_or_refused_and_nothing_else(members: dict[str, Any]) -> None:
    try:
        found = CHAT.read_answer(json.dumps(members).encode())
    except Malformed:
        return
    assert msgspec.json.decode(CHAT.write_answer(found, REPLY))["object"] == "chat.completion"
