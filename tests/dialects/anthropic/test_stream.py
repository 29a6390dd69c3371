"""Streams are read event by event, as recorded and as broken as a network makes them."""

import json
from collections.abc import Sequence
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
    Reason,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.anthropic.blocks import NAME
from dialects.anthropic.messages import AnthropicMessages
from dialects.anthropic.stream import MessagesReader
from dialects.conversation import Citation, Native, RedactedThinking
from dialects.dialect import Asked, Reply
from dialects.framing import ServerSentEvents
from dialects.openai.responses import OpenAIResponses
from dialects.translating import Outgoing, Translated
from dialects.usage import Usage
from dialects.watching import MALFORMED, Watched
from tests.dialects.anthropic.test_order import CLOSED, ENDED, ERROR, HI, PING, START, STOP, TEXT, event
from tests.dialects.streams import cut


def begun(index: int, **block: Any) -> bytes:
    return event("content_block_start", index=index, content_block=block)


def more(index: int, **delta: Any) -> bytes:
    return event("content_block_delta", index=index, delta=delta)


def closed(index: int) -> bytes:
    return event("content_block_stop", index=index)


CITED = {"type": "char_location", "cited_text": "q", "document_index": 0}
RESULT = {"type": "web_search_tool_result", "tool_use_id": "s", "content": [{"type": "x"}]}
SEARCH = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "q"}}
RECORDED: list[tuple[bytes, Sequence[Delta]]] = [
    (
        event(
            "message_start",
            message={
                "id": "msg_1",
                "model": "claude-x",
                "content": [],
                "usage": {"input_tokens": 9, "cache_read_input_tokens": 5, "output_tokens": 1},
            },
        ),
        [Started("msg_1", "claude-x", usage=Usage(14, 1, 5))],
    ),
    (begun(0, type="thinking", thinking="", signature=""), []),
    (PING, []),
    (more(0, type="thinking_delta", thinking="hm"), [ThinkingDelta("hm")]),
    (more(0, type="signature_delta", signature="S"), [ThinkingDelta("", "S", "anthropic")]),
    (closed(0), []),
    (begun(1, type="redacted_thinking", data="D"), [PartDelta(RedactedThinking("D", "anthropic"), 1)]),
    (closed(1), []),
    (begun(2, type="text", text=""), []),
    (more(2, type="text_delta", text=""), []),
    (closed(2), []),
    (begun(3, type="text", text="He"), [TextDelta("He", 2)]),
    (more(3, type="text_delta", text="llo"), [TextDelta("llo", 2)]),
    (more(3, type="citations_delta", citation=CITED), []),
    (more(3, type="sparkle_delta", sparkle=1), []),
    (closed(3), [CitationDelta(Citation(quote="q", native=CITED), 2)]),
    (begun(4, type="server_tool_use", id="s", name="web_search", input={}), []),
    (more(4, type="input_json_delta", partial_json='{"query"'), []),
    (more(4, type="input_json_delta", partial_json=':"q"}'), []),
    (closed(4), [PartDelta(Native(NAME, SEARCH), 3)]),
    (begun(5, **RESULT), []),
    (closed(5), [PartDelta(Native(NAME, RESULT), 4)]),
    (begun(6, type="compaction", content=None), []),
    (more(6, type="compaction_delta", content="so "), []),
    (more(6, type="compaction_delta", content="far"), []),
    (closed(6), [PartDelta(Native(NAME, {"type": "compaction", "content": "so far"}), 5)]),
    (begun(7, type="tool_use", id="toolu_1", name="f", input={}), [ToolStarted("toolu_1", "f", 6)]),
    (more(7, type="input_json_delta", partial_json=""), []),
    (more(7, type="input_json_delta", partial_json='{"a":1}'), [ToolDelta('{"a":1}', 6)]),
    (closed(7), []),
    (
        begun(8, type="tool_use", id="toolu_2", name="g", input={"b": 2}),
        [ToolStarted("toolu_2", "g", 7), ToolDelta('{"b":2}', 7)],
    ),
    (closed(8), []),
    (event("sparkle", text="x"), []),
    (b": keep-alive\n\n", []),
    (
        event(
            "message_delta",
            delta={"stop_reason": "tool_use", "stop_sequence": None},
            usage={"output_tokens": 7, "output_tokens_details": {"thinking_tokens": 2}},
        ),
        [Counted(Usage(14, 7, 5, 0, 2)), Finished(Finish("tool_calls"))],
    ),
    (event("message_stop"), []),
]


def deltas(*events: bytes) -> list[Delta]:
    reader = MessagesReader()
    return [delta for each in events for delta in reader.read(each)]


def test_a_recorded_stream_is_read_delta_by_delta() -> None:
    reader = MessagesReader()
    for each, said in RECORDED:
        assert not reader.done
        assert list(reader.read(each)) == said, each
    assert reader.done
    assert reader.end() == ()


@pytest.mark.parametrize(
    ("begun_with", "reason"),
    [({"type": "text", "text": "a"}, "stop"), ({"type": "tool_use", "id": "t", "name": "f"}, "tool_calls")],
)
def test_a_message_that_is_stopped_without_a_reason_is_whole(
    begun_with: dict[str, Any], reason: Reason
) -> None:
    *_, last = deltas(
        begun(0, **begun_with), closed(0), event("message_delta", delta={}), event("message_stop")
    )
    assert last == Finished(Finish(reason, sure=False))


def test_a_citation_that_comes_before_its_text_is_told_behind_it() -> None:
    found = {
        "type": "web_search_result_location",
        "url": "https://a.example",
        "title": "A",
        "cited_text": "q",
    }
    cites = more(0, type="citations_delta", citation=found)
    stream = b"".join([START, TEXT, cites, HI, closed(0), ENDED, STOP])
    said = Translated(OpenAIResponses(), AnthropicMessages()).reader(
        Asked("m", stream=True), Outgoing(b""), lambda: Reply("r", 1, "m")
    )
    told = said.feed(stream)
    assert b'"url":"https://a.example","title":"A","start_index":0,"end_index":2}' in told


def test_a_call_without_arguments_has_an_empty_object() -> None:
    begun = event("content_block_start", index=0, content_block={"type": "tool_use", "id": "t", "name": "f"})
    nothing = event("content_block_delta", index=0, delta={"type": "input_json_delta", "partial_json": ""})
    stop = event("content_block_stop", index=0)
    assert deltas(begun, nothing, stop) == [ToolStarted("t", "f"), ToolDelta("{}")]
    some = event(
        "content_block_delta", index=0, delta={"type": "input_json_delta", "partial_json": '{"a":1}'}
    )
    assert deltas(begun, some, stop) == [ToolStarted("t", "f"), ToolDelta('{"a":1}')]


@given(st.lists(st.integers(0, 10**6), max_size=6))
def test_a_stream_passes_whatever_its_cuts(places: list[int]) -> None:
    stream = b"".join(each for each, _ in RECORDED)
    watched = Watched(ServerSentEvents(), MessagesReader())
    passed = b"".join([*map(watched.feed, cut(stream, places)), watched.end()])
    assert passed == stream
    assert (watched.finished, watched.done, watched.error) == (True, True, None)
    assert watched.usage == Usage(14, 7, 5, 0, 2)
    assert watched.text_length == len("hm" + "Hello" + '{"a":1}' + '{"b":2}')


def test_the_stop_string_that_was_met_is_told() -> None:
    ended = event("message_delta", delta={"stop_reason": "stop_sequence", "stop_sequence": "X"})
    assert deltas(START, ended)[1:] == [Finished(Finish("stop_sequence", "X"))]


def test_line_ends_and_spaces_of_other_servers_are_read() -> None:
    padded = b'event:content_block_delta\r\ndata:{"type":"content_block_delta","index":0,\r\n'
    padded += b'data: "delta":{"type":"text_delta","text":"hi"}   }\r\n\r\n'
    assert deltas(START, TEXT, padded)[1:] == [TextDelta("hi")]


def test_an_event_without_a_type_goes_by_its_name() -> None:
    bare = HI.replace(b'"type": "content_block_delta", ', b"")
    assert deltas(START, TEXT, bare)[1:] == [TextDelta("hi")]


def test_half_a_surrogate_pair_is_text() -> None:
    assert deltas(START, TEXT, HI.replace(b'"hi"', b'"\\ud83d"'))[1:] == [TextDelta("\ud83d")]


def test_thoughts_that_another_vendor_signed_are_still_its_own() -> None:
    start = begun(0, type="thinking", thinking="a", signature="")
    signed = more(0, type="signature_delta", signature="sb:openai:S")
    assert deltas(START, start, signed)[1:] == [ThinkingDelta("a"), ThinkingDelta("", "S", "openai")]


@pytest.mark.parametrize("error", [ERROR, b'data: {"error":{"type":"overloaded_error","message":"m"}}\n\n'])
def test_an_error_in_the_stream_is_the_last_that_is_read(error: bytes) -> None:
    *_, failed = found = deltas(START, TEXT, error, HI, ENDED, STOP)
    assert isinstance(failed, Failed) and len(found) == 2
    assert (failed.error.message, failed.error.type) == ("m", "overloaded_error")


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([START, HI], id="a delta of no block"),
        pytest.param([START, TEXT, TEXT], id="a block twice"),
        pytest.param([START, TEXT, more(0, type="thinking_delta", thinking="x")], id="another kind"),
        pytest.param([START, event("content_block_start", index="0", content_block={})], id="an odd index"),
        pytest.param([START, event("content_block_start", index=0)], id="no block"),
        pytest.param([START, begun(0, type="redacted_thinking", data=7)], id="odd data"),
        pytest.param([event("message_start", message="x")], id="no message"),
        pytest.param([START, b"event: x\ndata: {\n\n"], id="no JSON"),
        pytest.param([START, b"data: 7\n\n"], id="no object"),
        pytest.param([START, TEXT, event("content_block_delta", index=0, delta=7)], id="an odd delta"),
    ],
)
def test_what_cannot_be_trusted_fails_once_and_for_all(events: list[bytes]) -> None:
    found = deltas(*events, ENDED, STOP)
    assert isinstance(found[-1], Failed)
    assert found[-1].error.code == MALFORMED
    assert sum(isinstance(delta, Failed) for delta in found) == 1
    assert not any(isinstance(delta, Finished) for delta in found)


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([START, START, TEXT, HI, CLOSED], id="a start twice"),
        pytest.param([TEXT, HI, CLOSED], id="no start"),
        pytest.param([START, closed(4), TEXT, HI], id="an end of no block"),
        pytest.param([START, TEXT, more(0, type="text_delta", text=7), HI], id="an odd text"),
        pytest.param([START, TEXT, more(0, type="citations_delta", citation=7), HI], id="an odd citation"),
        pytest.param([b"\xef\xbb\xbf" + START, TEXT, HI], id="a byte order mark"),
    ],
)
def test_what_does_no_harm_is_let_pass(events: list[bytes]) -> None:
    found = deltas(*events, ENDED, ENDED, STOP)
    assert [delta for delta in found if isinstance(delta, TextDelta)] == [TextDelta("hi")]
    assert [delta for delta in found if isinstance(delta, Finished)] == [Finished(Finish("stop"))]


def test_a_stream_that_is_cut_does_not_finish() -> None:
    watched = Watched(ServerSentEvents(), MessagesReader())
    watched.feed(START + TEXT + HI)
    watched.end()
    assert watched.started and not watched.finished


EVENTS = [each for each, _ in RECORDED] + [ERROR, b"data: [DONE]\n\n", b"event: ping\n\n"]
BREAKS = [
    lambda event: event[: len(event) // 2] + b"\n\n",
    lambda event: event.replace(b'"index": ', b'"index": -'),
    lambda event: event.replace(b'"type"', b'"kind"'),
    lambda event: event.replace(b'""', b"null"),
    lambda event: event.replace(b"{", b"[", 1),
    lambda event: event.replace(b":", b"", 3),
    lambda event: event,
    lambda event: event,
]


@given(
    st.lists(st.tuples(st.integers(0, len(EVENTS) - 1), st.integers(0, len(BREAKS) - 1)), max_size=25),
    st.lists(st.integers(0, 10**4), max_size=3),
)
def test_no_disorder_is_an_exception(order: list[tuple[int, int]], places: list[int]) -> None:
    stream = b"".join(BREAKS[how](EVENTS[which]) for which, how in order)
    watched = Watched(ServerSentEvents(), MessagesReader())
    for piece in cut(stream, places):
        watched.feed(piece)
    watched.end()
    reader = MessagesReader()
    said = [delta for each in ServerSentEvents().split(stream, 0)[0] for delta in reader.read(each)]
    parts = [delta.part for delta in said if hasattr(delta, "part")]
    firsts = list(dict.fromkeys(parts))
    assert firsts == sorted(firsts)
    assert all(delta.text for delta in said if isinstance(delta, TextDelta))
    assert sum(isinstance(delta, Failed) for delta in said) <= 1


@given(st.recursive(st.sampled_from([None, 7, "x", True, -1.5]), lambda inner: st.lists(inner, max_size=2)))
def test_members_of_odd_types_are_no_exception(odd: Any) -> None:
    for each in EVENTS:
        data = each.partition(b"data: ")[2]
        if not data.startswith(b"{"):
            continue
        found = json.loads(data)
        for name in found:
            reader = MessagesReader()
            for before in (START, TEXT):
                reader.read(before)
            reader.read(b"data: " + json.dumps(found | {name: odd}).encode() + b"\n\n")
