"""Answers as the Responses API writes them: the official SDK takes each event, in an order it can follow."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import omit
from openai.lib.streaming.responses._responses import ResponseStreamState
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from dialects.answer import (
    Answer,
    Choice,
    CitationDelta,
    Counted,
    Delta,
    Finish,
    Finished,
    PartDelta,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Citation, Image, Inline, Native, RedactedThinking, Text, Url
from dialects.deltas import scatter
from dialects.dialect import Reply
from dialects.openai.responses_writer import ResponsesWriter, write_answer
from dialects.usage import Usage
from tests.dialects.conversations import answers
from tests.dialects.openai_responses_order import check_order, events

REPLY = Reply("abc", 5, "asked-model")
EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
TOKEN = {"token": "hi", "logprob": -0.5, "bytes": None, "top_logprobs": [{"token": "é", "logprob": -1.0}]}
SEARCHED = {
    "type": "web_search_call",
    "id": "ws_1",
    "status": "completed",
    "action": {"type": "search", "query": "q", "queries": ["q"]},
}
DELTAS: dict[str, list[Delta]] = {
    "nothing": [],
    "text": [TextDelta("Hel"), TextDelta("lo")],
    "an empty text": [TextDelta("")],
    "texts": [TextDelta("a", 0), TextDelta("b", 1), RefusalDelta("no", 2), RefusalDelta("!", 2)],
    "tokens": [TextDelta("hi", logprobs=(TOKEN,)), TextDelta("!")],
    "citations": [
        TextDelta("a"),
        CitationDelta(Citation(url="https://a.example", title="A")),
        CitationDelta(Citation(quote="nowhere to point at")),
    ],
    "a citation too late": [
        TextDelta("a"),
        ToolStarted("c", "f", 1),
        CitationDelta(Citation(url="https://a.example")),
    ],
    "calls that alternate": [
        ToolStarted("c1", "f", 0),
        ToolStarted("c2", "g", 1),
        ToolDelta("{", 0),
        ToolDelta("{", 1),
        ToolDelta('"a":1}', 0),
        ToolDelta("}", 1),
        TextDelta("done", 2),
    ],
    "thoughts": [
        ThinkingDelta("hm", None, "openai", "rs_1"),
        ThinkingDelta("m"),
        ThinkingDelta(signature="sealed"),
        ThinkingDelta("other", None, "anthropic", None, 1),
        ThinkingDelta("", "signed", "anthropic", None, 2),
        TextDelta("so", 3),
        ThinkingDelta("again", None, "", None, 4),
    ],
    "parts that come whole": [
        PartDelta(Native("openai_responses", SEARCHED)),
        PartDelta(Native("anthropic_messages", {"type": "server_tool_use"}), 1),
        PartDelta(RedactedThinking("secret", "anthropic"), 2),
        PartDelta(Image(Inline("image/png", "aGk=")), 3),
        PartDelta(Image(Url("https://a.example/a.png")), 4),
        PartDelta(Text("told", (Citation(url="https://a.example"),)), 5),
    ],
}


def stream(deltas: list[Delta], reason: Any = "stop") -> bytes:
    writer = ResponsesWriter(REPLY)
    told = [Started("resp_1", "m", 3), *deltas, Finished(Finish(reason)), Counted(Usage(3, 2))]
    return b"".join([*(writer.write([delta]) for delta in told), writer.end()])


def put_together(written: bytes) -> dict[str, Any]:
    """The response as the official SDK accumulates it, checking every event on the way."""
    state: ResponseStreamState[Any] = ResponseStreamState(input_tools=omit, text_format=omit)
    told = [state.handle_event(EVENT.validate_python(data)) for data in events(written)]
    response: dict[str, Any] = told[-1][0].response.to_dict()
    return response


@pytest.mark.parametrize("deltas", DELTAS.values(), ids=DELTAS.keys())
@pytest.mark.parametrize("reason", ["stop", "length", "content_filter", "error"])
def test_a_stream_is_put_together_by_the_official_sdk(deltas: list[Delta], reason: str) -> None:
    written = stream(deltas, reason)
    check_order(written)
    output = events(written)[-1]["response"]["output"]
    assert [item["id"] for item in put_together(written)["output"]] == [item["id"] for item in output]


@given(answers(), st.integers(1, 9))
def test_any_answer_is_written_in_order_however_it_is_told(answer: Answer, at_once: int) -> None:
    writer, told = ResponsesWriter(REPLY), list(scatter(answer))
    pieces = [writer.write(told[start : start + at_once]) for start in range(0, len(told), at_once)]
    written = b"".join(pieces) + writer.end()
    check_order(written)
    assert events(written)[-1]["response"] == json.loads(write_answer(answer, REPLY))


places = st.integers(0, 2)
words = st.sampled_from(["", "a", "é\n"])
any_deltas = st.one_of(
    st.builds(TextDelta, words, places, logprobs=st.sampled_from([(), (TOKEN,)])),
    st.builds(RefusalDelta, words, places),
    st.builds(CitationDelta, st.just(Citation(url="https://a.example")), places),
    st.builds(
        ThinkingDelta,
        words,
        st.none() | words,
        st.sampled_from(["openai", "anthropic", ""]),
        st.sampled_from([None, "rs_1"]),
        places,
    ),
    st.builds(ToolStarted, st.just("c"), st.just("f"), places),
    st.builds(ToolDelta, words, places),
    st.builds(PartDelta, st.just(Native("openai_responses", SEARCHED)), places),
    st.just(Counted(Usage(3, 2))),
    st.just(Started("resp_1", "m", 3)),
)


@given(st.lists(any_deltas, max_size=12), st.sampled_from(["stop", "length"]))
def test_no_order_of_deltas_breaks_the_order_of_events(deltas: list[Delta], reason: Any) -> None:
    writer = ResponsesWriter(REPLY)
    written = [writer.write([delta]) for delta in [*deltas, Finished(Finish(reason))]]
    check_order(b"".join(written) + writer.end())


@given(answers())
def test_a_whole_answer_is_a_response_to_the_official_sdk(answer: Answer) -> None:
    found = json.loads(write_answer(answer, REPLY))
    response = Response.model_validate(found)
    assert response.output_text == "".join(p.text for p in answer.choices[0].parts if isinstance(p, Text))
    required = {name for name, field in Response.model_fields.items() if field.is_required()}
    always = {"error", "incomplete_details", "instructions", "metadata", "temperature", "top_p", "usage"}
    assert required | always <= set(found)


@pytest.mark.parametrize(
    ("reason", "status", "details"),
    [
        ("stop", "completed", None),
        ("stop_sequence", "completed", None),
        ("tool_calls", "completed", None),
        ("refusal", "completed", None),
        ("pause", "completed", None),
        ("length", "incomplete", {"reason": "max_output_tokens"}),
        ("context_window", "incomplete", {"reason": "max_output_tokens"}),
        ("content_filter", "incomplete", {"reason": "content_filter"}),
        ("error", "failed", None),
    ],
)
def test_how_an_answer_ended_is_its_status(reason: Any, status: str, details: Any) -> None:
    response = events(stream([TextDelta("a")], reason))[-1]["response"]
    assert (response["status"], response["incomplete_details"]) == (status, details)
    assert (response["error"] is not None) == (status == "failed")
    assert response["output"][0]["status"] == ("incomplete" if status == "incomplete" else "completed")


def test_ids_come_from_the_vendor_or_the_reply() -> None:
    named = events(stream([TextDelta("a")]))[-1]["response"]
    assert (named["id"], named["model"], named["created_at"]) == ("resp_1", "m", 3)
    writer = ResponsesWriter(REPLY)
    unnamed = events(writer.write([Started("msg_01")]) + writer.write([TextDelta("a")]) + writer.end())
    assert unnamed[-1]["response"]["id"] == "resp_abc"
    assert unnamed[-1]["response"]["model"] == "asked-model"
    assert unnamed[2]["item"]["id"] == "msg_abc_0"


def test_texts_in_a_row_are_one_message() -> None:
    output = events(stream(DELTAS["texts"]))[-1]["response"]["output"]
    assert [[block["type"] for block in item["content"]] for item in output] == [
        ["output_text", "output_text", "refusal"]
    ]


def test_what_a_text_rests_on_is_told_when_it_has_ended_too() -> None:
    early, late = Citation(url="https://a.example"), Citation(url="https://b.example")
    told = [TextDelta("ab", 0), CitationDelta(early, 0), TextDelta("c", 1), ToolStarted("c", "f", 2)]
    written = stream([*told, CitationDelta(late, 0), CitationDelta(late, 1), CitationDelta(late, 2)])
    check_order(written)
    (message, _) = put_together(written)["output"]
    assert [
        [(each["url"], each["end_index"]) for each in block["annotations"]] for block in message["content"]
    ] == [[("https://a.example", 2), ("https://b.example", 2)], [("https://b.example", 1)]]


def test_only_one_answer_is_shown() -> None:
    writer = ResponsesWriter(REPLY)
    written = writer.write([TextDelta("a"), TextDelta("b", choice=1), Finished(Finish("stop"))])
    assert b'"b"' not in written + writer.end()


def test_thoughts_of_other_vendors_are_carried_with_their_names() -> None:
    output = events(stream(DELTAS["thoughts"]))[-1]["response"]["output"]
    assert [item.get("encrypted_content") for item in output] == [
        "sealed",
        "sb1:u:anthropic:",
        "sb1:s:anthropic:signed",
        None,
        "sb1:u::",
    ]


def test_a_signature_of_a_call_is_carried_in_its_id() -> None:
    output = events(stream([ToolStarted("c1", "f", signature="s")]))[-1]["response"]["output"]
    assert output[0]["call_id"] == "c1__sb__cw"


def test_the_tier_of_the_vendor_is_told() -> None:
    answer = Answer("test", (Choice((Text("a"),), Finish("stop")),), service_tier="flex")
    assert json.loads(write_answer(answer, REPLY))["service_tier"] == "flex"


def test_the_order_is_really_checked() -> None:
    whole = stream(DELTAS["calls that alternate"])
    blocks = whole.split(b"\n\n")[:-1]
    for missing in range(len(blocks)):
        broken = renumbered([*blocks[:missing], *blocks[missing + 1 :]])
        with pytest.raises(AssertionError):
            check_order(broken)
    for first in range(len(blocks) - 1):
        swapped = [*blocks[:first], blocks[first + 1], blocks[first], *blocks[first + 2 :]]
        with pytest.raises(AssertionError):
            check_order(b"\n\n".join(swapped) + b"\n\n")


def renumbered(blocks: list[bytes]) -> bytes:
    out = []
    for number, block in enumerate(blocks):
        name, _, data = block.partition(b"\ndata: ")
        told = json.dumps(json.loads(data) | {"sequence_number": number}).encode()
        out.append(name + b"\ndata: " + told + b"\n\n")
    return b"".join(out)
