"""Streams to clients: in the order that SDKs rely on, and read as what was said."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk

from dialects.answer import (
    Answer,
    Choice,
    CitationDelta,
    Counted,
    Delta,
    Failed,
    Finish,
    Finished,
    PartDelta,
    Reason,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Audio, Citation, Image, Inline, Native, RedactedThinking, Stored, Url
from dialects.deltas import gather, scatter
from dialects.dialect import Reply
from dialects.errors import VendorError
from dialects.openai.chat import OpenAIChat
from dialects.usage import Usage
from dialects.watching import Watched
from tests.dialects.conversations import answers
from tests.dialects.openai_chat_order import check_order
from tests.dialects.streams import DONE, cut

# A whole answer takes long to draw on a busy machine.
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CHAT = OpenAIChat()
REPLY = Reply("r1", 1_700_000_000, "asked")
replace = msgspec.structs.replace


def stream(*deltas: Delta, reply: Reply = REPLY) -> bytes:
    writer = CHAT.writer(reply)
    return b"".join([*(writer.write([delta]) for delta in deltas), writer.end()])


def chunks(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(event[6:]) for event in data.split(b"\n\n") if event and event + b"\n\n" != DONE]


def said(*deltas: Delta) -> list[dict[str, Any]]:
    """What the chunks of one choice say, between its role and its finish."""
    data = stream(Started(), *deltas, Finished(Finish("stop")))
    check_order(data)
    return [chunk["choices"][0]["delta"] for chunk in chunks(data)][1:-1]


def read(data: bytes) -> Answer:
    reader = CHAT.reader()
    events, rest = CHAT.framing.split(data, 0)
    assert rest == b""
    return gather([delta for event in events for delta in reader.read(event)], CHAT.name)


@SLOW
@given(answers(CHAT.name))
def test_a_stream_reads_as_what_was_said(answer: Answer) -> None:
    data = stream(*scatter(answer))
    check_order(data)
    assert read(data) == answer


@SLOW
@given(st.lists(answers(CHAT.name), min_size=2, max_size=3), st.booleans())
def test_choices_may_be_mixed(drawn: list[Answer], usage: bool) -> None:
    choices = tuple(replace(answer.choices[0], index=index) for index, answer in enumerate(drawn))
    whole = replace(drawn[0], choices=choices)
    first, *deltas, last = scatter(whole)
    deltas.sort(key=lambda delta: isinstance(delta, Finished))
    data = stream(first, *deltas, last, reply=replace_reply(usage))
    check_order(data)
    assert read(data).choices == choices
    assert (read(data).usage is not None) == usage


def replace_reply(usage: bool) -> Reply:
    return Reply("r1", 1, "asked", include_usage=usage)


@SLOW
@given(answers(CHAT.name), st.lists(st.integers(0, 4000), max_size=8))
def test_the_network_may_cut_it_anywhere(answer: Answer, places: list[int]) -> None:
    data = stream(*scatter(answer))
    watched = Watched(CHAT.framing, CHAT.reader(), CHAT.writer(REPLY))
    out = b"".join([*map(watched.feed, cut(data, places)), watched.end()])
    assert (watched.error, watched.done, watched.finished, watched.usage) == (None, True, True, answer.usage)
    check_order(out)
    assert read(out) == answer


def test_every_chunk_names_the_answer_and_the_role_comes_once() -> None:
    data = stream(
        Started("c1", "told", 7),
        TextDelta("a"),
        TextDelta("é\n"),
        Finished(Finish("stop")),
        Counted(Usage(1, 2)),
    )
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 7, "model": "told"}
    *rest, last = chunks(data)
    assert all(chunk.items() >= (head | {"usage": None}).items() for chunk in rest)
    assert [chunk["choices"] for chunk in rest] == [
        [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]
        for delta, reason in [
            ({"role": "assistant", "content": "", "refusal": None}, None),
            ({"content": "a"}, None),
            ({"content": "é\n"}, None),
            ({}, "stop"),
        ]
    ]
    assert (last["choices"], last["usage"]["total_tokens"]) == ([], 3)


def test_what_the_vendor_did_not_tell_is_the_replys() -> None:
    data = stream(Started(), TextDelta("a"), Finished(Finish("stop")), reply=replace_reply(False))
    assert {(each["id"], each["model"], each["created"]) for each in chunks(data)} == {
        ("chatcmpl-r1", "asked", 1)
    }
    assert all("usage" not in chunk for chunk in chunks(data))


def test_usage_that_the_vendor_told_first_is_told_last() -> None:
    data = stream(Started(usage=Usage(5)), TextDelta("a"), Finished(Finish("stop")))
    assert chunks(data)[-1]["usage"]["prompt_tokens"] == 5


def test_a_choice_that_says_nothing_still_has_a_role() -> None:
    data = stream(Started(), Finished(Finish("length")))
    check_order(data)
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks(data)] == [None, "length"]


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("stop", "stop"),
        ("stop_sequence", "stop"),
        ("length", "length"),
        ("context_window", "length"),
        ("tool_calls", "tool_calls"),
        ("content_filter", "content_filter"),
        ("refusal", "content_filter"),
        ("pause", "stop"),
        ("error", "stop"),
    ],
)
def test_every_end_has_a_word(reason: Reason, word: str) -> None:
    assert chunks(stream(Finished(Finish(reason))))[-1]["choices"][0]["finish_reason"] == word


def test_calls_are_numbered_as_they_begin_and_may_alternate() -> None:
    assert said(
        TextDelta("so"),
        ToolStarted("a", "f", 1),
        ToolStarted("b", "g", 2),
        ToolDelta("{", 2),
        ToolDelta("[", 1),
        ToolDelta("lost", 9),
    )[1:] == [
        {
            "tool_calls": [
                {"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}
            ]
        },
        {
            "tool_calls": [
                {"index": 1, "id": "b", "type": "function", "function": {"name": "g", "arguments": ""}}
            ]
        },
        {"tool_calls": [{"index": 1, "function": {"arguments": "{"}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": "["}}]},
    ]


def test_a_signed_call_carries_its_signature_in_its_id() -> None:
    (begun,) = said(ToolStarted("a", "f", 0, signature="s+/"))
    assert begun["tool_calls"][0]["id"] == "a__sb__cysv"


def test_thoughts_are_words_and_what_is_signed_is_a_list_too() -> None:
    assert said(ThinkingDelta("hm")) == [{"reasoning_content": "hm"}]
    text = {"type": "reasoning.text", "format": "anthropic-claude-v1", "index": 0}
    assert said(
        ThinkingDelta("hm", origin="anthropic"),
        ThinkingDelta(signature="s", origin="anthropic"),
        PartDelta(RedactedThinking("d", "anthropic"), 1),
    ) == [
        {"reasoning_content": "hm", "reasoning_details": [text | {"text": "hm"}]},
        {"reasoning_details": [text | {"signature": "s"}]},
        {
            "reasoning_details": [
                {"type": "reasoning.encrypted", "data": "d", "format": "anthropic-claude-v1", "index": 1}
            ]
        },
    ]


@pytest.mark.parametrize(
    ("delta", "members"),
    [
        pytest.param(RefusalDelta("no"), {"refusal": "no"}, id="refusal"),
        pytest.param(
            PartDelta(Image(Inline("image/png", "QQ=="))),
            {
                "images": [
                    {"index": 0, "type": "image_url", "image_url": {"url": "data:image/png;base64,QQ=="}}
                ]
            },
            id="picture",
        ),
        pytest.param(
            PartDelta(Audio(Inline("audio/wav", "QQ=="), "hi", {"id": "a1", "expires_at": 9})),
            {"audio": {"id": "a1", "data": "QQ==", "expires_at": 9, "transcript": "hi"}},
            id="sound",
        ),
        pytest.param(
            PartDelta(Native("openai_chat", {"id": "c", "type": "custom", "custom": {"name": "f"}})),
            {"tool_calls": [{"index": 0, "id": "c", "type": "custom", "custom": {"name": "f"}}]},
            id="a call of free text",
        ),
    ],
)
def test_what_comes_whole_is_one_chunk(delta: Delta, members: dict[str, Any]) -> None:
    data = stream(Started(), delta, Finished(Finish("stop")))
    assert chunks(data)[1]["choices"][0]["delta"] == members


@pytest.mark.parametrize(
    "delta",
    [
        PartDelta(Image(Stored("f"))),
        PartDelta(Native("test", {"type": "odd"})),
        PartDelta(Native("openai_responses", {"type": "web_search_call", "id": "ws_1"})),
        CitationDelta(Citation(title="no address")),
        Failed(VendorError("m")),
    ],
    ids=lambda delta: type(delta).__name__,
)
def test_what_no_client_understands_is_left_out(delta: Delta) -> None:
    assert said(TextDelta("a"), delta) == [{"content": "a"}]


def test_a_citation_counts_from_where_the_content_begins() -> None:
    cited = Citation(Url("https://example.com/a").url, start=1, end=2)
    *_, last = said(TextDelta("abc"), TextDelta("def", 1), CitationDelta(cited, 1))
    assert last["annotations"][0]["url_citation"] == {
        "start_index": 4,
        "end_index": 5,
        "url": "https://example.com/a",
        "title": "https://example.com/a",
    }


def test_the_sdk_puts_lists_together_that_come_one_by_one() -> None:
    picture = PartDelta(Image(Inline("image/png", "QQ==")), 1)
    cited = [CitationDelta(Citation(f"https://example.com/{name}")) for name in "ab"]
    state = ChatCompletionStreamState()
    for chunk in chunks(
        stream(Started(), TextDelta("abc"), *cited, picture, picture, Finished(Finish("stop")))
    ):
        state.handle_chunk(ChatCompletionChunk.model_validate(chunk))
    message = state.get_final_completion().choices[0].message.model_dump()
    assert [each["url_citation"]["url"][-1] for each in message["annotations"]] == ["a", "b"]
    assert len(message["images"]) == 2


def test_logprobs_stand_beside_their_text() -> None:
    token = {"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []}
    data = stream(Started(), TextDelta("a", logprobs=(token,)), Finished(Finish("stop")))
    check_order(data)
    assert chunks(data)[1]["choices"][0]["logprobs"] == {"content": [token], "refusal": None}
    assert read(data).choices == (Choice(read(data).choices[0].parts, Finish("stop"), 0, (token,)),)


GOOD = stream(
    Started("c"),
    TextDelta("a"),
    ToolStarted("t", "f", 1),
    Finished(Finish("tool_calls")),
    Counted(Usage(1, 1)),
)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"data: [DONE]\n\n", b"", "does not end with"),
        (b'"id":"c"', b'"id":"d"', "`id` changes"),
        (b'"role":"assistant",', b"", "the role"),
        (b'"content":"a"', b'"content":"a","role":"assistant"', "the role"),
        (b'"finish_reason":"tool_calls"', b'"finish_reason":null', "never finishes"),
        (b'"content":""', b'"content":7', "content"),
        (b'"tool_calls":[{"index":0', b'"tool_calls":[{"index":1', "was left out"),
        (b'"id":"t",', b"", "without id"),
        (b'"name":"f",', b"", "without a name"),
        (b'"choices":[],', b'"choices":[{"index":0,"delta":{},"finish_reason":null}],', "for usage alone"),
        (b"\n\n", b"\r\n", "several lines"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_the_checker_catches_what_an_sdk_would_not_take(old: bytes, new: bytes, reason: str) -> None:
    check_order(GOOD)
    with pytest.raises((AssertionError, ValueError), match=reason):
        check_order(GOOD.replace(old, new, 1))


@pytest.mark.parametrize("extra", [b'data: {"a":1}\n\n', b"event: x\n\n", b": comment\n\n"])
def test_the_checker_catches_what_does_not_belong(extra: bytes) -> None:
    with pytest.raises((AssertionError, ValueError)):
        check_order(extra + GOOD)
    with pytest.raises((AssertionError, ValueError)):
        check_order(GOOD + extra)
