"""Vendors' streams, delta by delta: OpenAI's own and those of its imitators."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.answer import (
    CitationDelta,
    Counted,
    Delta,
    Failed,
    Finish,
    Finished,
    PartDelta,
    Started,
    TextDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Audio, Citation, Inline, Native
from dialects.dialect import Reply
from dialects.errors import VendorError
from dialects.halves import Joined
from dialects.openai.chat import OpenAIChat
from dialects.openai.chat_reader import ChatReader
from dialects.usage import Usage
from dialects.watching import Watched
from tests.dialects.openai_chat_streams import SAID, call, function
from tests.dialects.streams import DONE, chunk, cut, delta, event, usage

CHAT = OpenAIChat()
STARTED = Started("c1")
STOPPED = Finished(Finish("stop"))


def read(*events: bytes, mended: bool = False) -> list[Delta]:
    reader = Joined(ChatReader()) if mended else ChatReader()
    return [said for each in events for said in reader.read(each)] + list(reader.end())


def malformed(message: str) -> Failed:
    return Failed(VendorError(message, code="malformed_event"))


@pytest.mark.parametrize("name", SAID)
def test_what_a_vendor_says_is_read(name: str) -> None:
    events, said = SAID[name]
    assert read(*events, chunk(finish="length"), DONE) == [STARTED, *said, Finished(Finish("length"))]


@pytest.mark.parametrize(
    ("events", "said"),
    [
        pytest.param(
            [call(index=0, id="a", custom={"name": "c", "input": "x"}), call(index=0, custom={"input": "y"})],
            [
                PartDelta(
                    Native(
                        "openai_chat", {"id": "a", "type": "custom", "custom": {"name": "c", "input": "xy"}}
                    )
                )
            ],
            id="a call with free text",
        ),
        pytest.param(
            [call(index=0, id="a", function=function(arguments="{}"))],
            [ToolStarted("a", ""), ToolDelta("{}")],
            id="a call that never got a name",
        ),
        pytest.param(
            [
                delta(audio={"id": "s1", "transcript": "h"}),
                delta(audio={"transcript": "i", "data": "QUJD"}),
                delta(audio={"expires_at": 9, "data": "REVG"}),
            ],
            [PartDelta(Audio(Inline("audio/wav", "QUJDREVG"), "hi", {"id": "s1", "expires_at": 9}))],
            id="sound",
        ),
        pytest.param(
            [event(id="c1", citations=["u"], choices=[{"index": 0, "delta": {"content": "a"}}])],
            [TextDelta("a"), CitationDelta(Citation("u"))],
            id="Perplexity: citations",
        ),
    ],
)
def test_what_can_only_be_told_at_the_end_is_told_there(events: list[bytes], said: list[Delta]) -> None:
    *before, end = read(*events, chunk(finish="length"))
    assert (before, end) == ([STARTED, *said], Finished(Finish("length")))


@pytest.mark.parametrize(
    ("word", "finish"),
    [
        ("stop", Finish("stop")),
        ("length", Finish("length")),
        ("model_length", Finish("context_window")),
        ("tool_calls", Finish("tool_calls")),
        ("function_call", Finish("tool_calls")),
        ("content_filter", Finish("content_filter")),
        ("eos", Finish("stop")),
        ("eos_token", Finish("stop")),
        ("MAX_TOKENS", Finish("length")),
        ("SAFETY", Finish("content_filter")),
        ("tool_use", Finish("tool_calls")),
        ("a word nobody knows", Finish("stop", sure=False)),
        (1, Finish("stop", sure=False)),
    ],
)
def test_every_vendors_word_for_the_end_is_known(word: Any, finish: Finish) -> None:
    assert read(chunk("a", finish=word)) == [STARTED, TextDelta("a"), Finished(finish)]


def test_an_end_after_calls_of_tools_is_for_them() -> None:
    assert read(call(index=0, id="a", function=function("f")), chunk(finish="stop"))[-1] == Finished(
        Finish("tool_calls")
    )


def test_the_stop_string_that_vllm_names_is_kept() -> None:
    said = read(event(choices=[{"index": 0, "delta": {}, "finish_reason": "stop", "stop_reason": "END"}]))
    assert said[-1] == Finished(Finish("stop_sequence", "END"))


@pytest.mark.parametrize(
    "last",
    [
        pytest.param([chunk(finish="stop"), event(choices=[], usage=usage(1, 2))], id="OpenAI: apart"),
        pytest.param([chunk(finish="stop", usage=usage(1, 2))], id="Mistral: with the end"),
        pytest.param([chunk(finish="stop", x_groq={"usage": usage(1, 2)})], id="Groq: under its name"),
        pytest.param(
            [chunk(finish="stop"), event(usage={"prompt_tokens": "1", "completion_tokens": 2.0})], id="odd"
        ),
    ],
)
def test_usage_is_found_wherever_it_is(last: list[bytes]) -> None:
    assert read(chunk("a"), *last, DONE) == [STARTED, TextDelta("a"), STOPPED, Counted(Usage(1, 2))]


def test_azures_first_chunk_begins_nothing() -> None:
    assert read(event(id="", model="", choices=[], prompt_filter_results=[])) == []


def test_choices_are_told_apart() -> None:
    said = read(chunk("a"), chunk("b", index=1), chunk(finish="stop", index=1), chunk(finish="length"))
    assert said == [
        STARTED,
        TextDelta("a"),
        TextDelta("b", choice=1),
        Finished(Finish("stop"), 1),
        Finished(Finish("length")),
    ]


def test_logprobs_come_with_their_text() -> None:
    token = {"token": "a", "logprob": -1.0}
    found = {"index": 0, "delta": {"content": "a"}, "logprobs": {"content": [token], "refusal": None}}
    assert read(event(id="c1", choices=[found])) == [STARTED, TextDelta("a", logprobs=(token,))]


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        pytest.param(
            event(error={"message": "m", "type": "t", "code": 429}, choices=[]),
            VendorError("m", "t", "429"),
            id="an error inside",
        ),
        pytest.param(
            event(error={"message": "m"}, choices=[{"index": 0, "delta": {}, "finish_reason": "error"}]),
            VendorError("m"),
            id="OpenRouter",
        ),
        pytest.param(event(x_groq={"error": {"message": "m"}}), VendorError("m"), id="Groq"),
        pytest.param(event(object="error", message="m"), VendorError("m"), id="vLLM"),
        pytest.param(b'event: error\ndata: {"error":{"message":"m"}}\n\n', VendorError("m"), id="by name"),
        pytest.param(
            chunk(finish="error"),
            VendorError("the vendor ended its answer with an error", code="finish_error"),
            id="Mistral",
        ),
    ],
)
def test_an_error_inside_is_the_last_thing_said(broken: bytes, error: VendorError) -> None:
    said = read(chunk("a"), broken, chunk("b"), DONE)
    assert (said[:2], said[-1]) == ([STARTED, TextDelta("a")], Failed(error))
    assert len(said) == 3


def test_what_a_failure_cost_is_told_before_it() -> None:
    failing = chunk("x", "error", usage=usage(4, 1))
    *said, counted, failed = read(failing, failing)
    assert (counted, type(failed)) == (Counted(Usage(4, 1)), Failed)
    assert not any(isinstance(each, Counted | Failed) for each in said)


def test_content_after_the_end_is_heard_as_clients_hear_it() -> None:
    assert read(chunk("a", finish="stop"), chunk("b"))[-2:] == [STOPPED, TextDelta("b")]
    assert read(chunk("a", finish="stop"), chunk("", finish="stop"), delta())[-1] == STOPPED


@pytest.mark.parametrize("data", [b"data: [1]\n\n", b"data: {\n\n", b"data: hello\n\n", b'data: "x"\n\n'])
def test_what_is_no_object_cannot_be_trusted(data: bytes) -> None:
    assert read(data, chunk("a")) == [malformed("an event that is not a JSON object")]


@pytest.mark.parametrize(
    "data",
    [b": comment\n\n", b"\n\n", b"event: ping\n\n", b"data:\n\n", b'data: {"odd":1}\n\n', b"data: {}\n\n"],
)
def test_what_says_nothing_is_ignored(data: bytes) -> None:
    assert read(data) == []


def test_the_end_is_the_formats_own() -> None:
    reader = ChatReader()
    reader.read(chunk("a"))
    assert not reader.done
    assert list(reader.read(b"data:[DONE]\r\n\r\n")) == [Finished(Finish("stop", sure=False))]
    assert reader.done
    assert list(reader.read(chunk("b"))) == []


def test_a_stream_that_was_cut_never_finishes() -> None:
    watched = Watched(CHAT.framing, CHAT.reader())
    watched.feed(chunk("a"))
    watched.end()
    assert (watched.started, watched.finished) == (True, False)


def test_lines_of_any_kind_are_read() -> None:
    lines = b'event: x\r\ndata:{"id":"c1","choices":[{"delta":\r\ndata: {"content":"a"}}]}\r\n\r\n'
    assert read(lines) == [STARTED, TextDelta("a")]


RECORDED = b"".join([*(each for events, _ in SAID.values() for each in events), chunk(finish="stop"), DONE])
ODD = st.recursive(
    st.sampled_from([None, True, -1, 1e9, "a", "error", "\udfff"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["index", "content", "function", "name", "text", "data"]), inner, max_size=3
        )
    ),
    max_leaves=5,
)
MEMBERS = [
    "content",
    "tool_calls",
    "function_call",
    "reasoning_details",
    "audio",
    "images",
    "annotations",
    "refusal",
]


@given(
    st.dictionaries(st.sampled_from(["usage", "error", "id", "created", "x_groq", "citations"]), ODD),
    st.data(),
)
def test_odd_events_never_raise(members: dict[str, Any], data: st.DataObject) -> None:
    said = data.draw(st.dictionaries(st.sampled_from(MEMBERS), ODD, max_size=3) | ODD)
    choice = {"index": 0, "delta": said, "logprobs": data.draw(ODD), "finish_reason": data.draw(ODD)}
    odd = b"data: " + json.dumps({"choices": [choice], **members}).encode() + b"\n\n"
    out = read(odd, chunk("x"), odd, chunk(finish="stop"), mended=True)
    assert sum(isinstance(each, Failed) for each in out) <= 1
    *events, rest = CHAT.writer(Reply("r", 1, "m")).write(out).split(b"\n\n")
    assert rest == b""
    assert all(json.loads(each[6:])["id"] for each in events)  # whatever was read can be written


@given(st.lists(st.integers(0, len(RECORDED)), max_size=6), st.randoms())
def test_broken_streams_never_raise(places: list[int], random: Any) -> None:
    pieces = cut(RECORDED, places)
    random.shuffle(pieces)
    watched = Watched(CHAT.framing, CHAT.reader())
    for piece in pieces:
        watched.feed(piece)
    watched.end()
    assert watched.error is None or watched.error.message
