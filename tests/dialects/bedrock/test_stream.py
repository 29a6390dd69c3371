"""Each event says what it says, and a stream that cannot be trusted says so once."""

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
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.bedrock.converse import BedrockConverse
from dialects.bedrock.eventstream import encode, pack
from dialects.bedrock.stream import ConverseReader, event_headers
from dialects.carrying import pack as carrying
from dialects.conversation import Citation, Image, Inline, Native, RedactedThinking
from dialects.usage import Usage
from tests.dialects.bedrock_values import json_values


def event(kind: str, payload: Any) -> bytes:
    return pack(event_headers(kind), payload if isinstance(payload, bytes) else json.dumps(payload).encode())


def delta(index: int, **said: Any) -> bytes:
    return event("contentBlockDelta", {"contentBlockIndex": index, "delta": said, "p": "abcdef"})


def start(index: int, **said: Any) -> bytes:
    return event("contentBlockStart", {"contentBlockIndex": index, "start": said})


def stop(index: int) -> bytes:
    return event("contentBlockStop", {"contentBlockIndex": index})


BEGIN = event("messageStart", {"role": "assistant"})
END = event("messageStop", {"stopReason": "end_turn"})
METADATA = event("metadata", {"usage": {"inputTokens": 9, "outputTokens": 3}, "metrics": {"latencyMs": 400}})
CALL = start(1, toolUse={"toolUseId": "t", "name": "f"})


def read(*events: bytes) -> list[Delta]:
    reader = ConverseReader()
    return [found for each in events for found in reader.read(each)] + list(reader.end())


def test_a_call_without_arguments_has_an_empty_object() -> None:
    begun, stop = start(0, toolUse={"toolUseId": "t", "name": "f"}), event("contentBlockStop", {})
    assert read(begun, stop) == [ToolStarted("t", "f"), ToolDelta("{}")]
    assert read(begun, delta(0, toolUse={"input": "{ }"}), stop) == [ToolStarted("t", "f"), ToolDelta("{ }")]


def test_a_stream_is_read_event_by_event() -> None:
    reader = ConverseReader()
    stream: list[tuple[bytes, tuple[Delta, ...]]] = [
        (BEGIN, (Started(),)),
        (delta(0, reasoningContent={"text": "hm"}), (ThinkingDelta("hm"),)),
        (delta(0, reasoningContent={"signature": "s"}), (ThinkingDelta("", "s", "anthropic"),)),
        (stop(0), ()),
        (delta(1, reasoningContent={"redactedContent": "AAA="}),)
        + ((PartDelta(RedactedThinking("AAA=", "anthropic"), 1),),),
        (stop(1), ()),
        (delta(2, text=""), ()),
        (delta(2, text="Hel"), (TextDelta("Hel", 2),)),
        (delta(2, text="lo"), (TextDelta("lo", 2),)),
        (delta(2, citation={"title": "A"}), (CitationDelta(Citation(title="A", native={"title": "A"}), 2),)),
        (stop(2), ()),
        (start(3, toolUse={"toolUseId": "t", "name": "f"}), (ToolStarted("t", "f", 3),)),
        (delta(3, toolUse={"input": ""}), ()),
        (delta(3, toolUse={"input": '{"a"'}), (ToolDelta('{"a"', 3),)),
        (stop(3), ()),
        (event("messageStop", {"stopReason": "tool_use"}), (Finished(Finish("tool_calls")),)),
        (METADATA, (Counted(Usage(9, 3)),)),
    ]
    for said, expected in stream:
        assert not reader.done
        assert tuple(reader.read(said)) == expected
    assert reader.done


def test_calls_that_alternate_stay_apart() -> None:
    second = start(2, toolUse={"toolUseId": "u", "name": "g"})
    said = read(CALL, second, delta(1, toolUse={"input": "{"}), delta(2, toolUse={"input": "["}))
    assert said[2:] == [ToolDelta("{", 0), ToolDelta("[", 1)]


def test_a_signature_in_the_id_comes_out_of_it() -> None:
    packed = start(0, toolUse={"toolUseId": carrying("t", "sig"), "name": "f"})
    assert read(packed) == [ToolStarted("t", "f", 0, 0, "sig")]


def test_what_only_bedrock_knows_comes_whole() -> None:
    said = read(
        start(0, toolUse={"toolUseId": "t", "name": "search", "type": "server_tool_use"}),
        delta(0, toolUse={"input": '{"q":'}),
        delta(0, toolUse={"input": "1}"}),
        stop(0),
        start(1, toolResult={"toolUseId": "t", "type": "found"}),
        delta(1, toolResult=[{"text": "a"}]),
        stop(1),
        start(2, image={"format": "png"}),
        delta(2, image={"source": {"bytes": "AAA="}}),
        stop(2),
    )
    use = {"toolUseId": "t", "name": "search", "type": "server_tool_use", "input": {"q": 1}}
    result = {"toolUseId": "t", "type": "found", "content": [{"text": "a"}]}
    assert said == [
        PartDelta(Native("bedrock_converse", {"toolUse": use}), 0),
        PartDelta(Native("bedrock_converse", {"toolResult": result}), 1),
        PartDelta(Image(Inline("image/png", "AAA=")), 2),
    ]


def test_headers_in_another_order_are_read_too() -> None:
    headers = {
        ":message-type": "event",
        ":content-type": "application/json",
        ":event-type": "contentBlockDelta",
    }
    assert read(encode(headers, b'{"contentBlockIndex":0,"delta":{"text":"a"}}')) == [TextDelta("a")]


def test_what_nobody_knows_is_passed_over() -> None:
    assert read(event("initial-response", {}), event("new", [7]), delta(0, new={"x": 1})) == []


def test_a_text_cut_inside_a_surrogate_pair_is_read() -> None:
    said = event("contentBlockDelta", b'{"contentBlockIndex":0,"delta":{"text":"a\\ud83d"}}')
    assert read(said) == [TextDelta("a\ud83d")]


@pytest.mark.parametrize(
    "events",
    [
        [b"nonsense"],
        [b""],
        [BEGIN[:-1]],
        [BEGIN[:-1] + bytes([BEGIN[-1] ^ 1])],
        [event("contentBlockDelta", b"{")],
        [event("contentBlockDelta", {})],
        [delta(0, text=7)],
        [delta(0, toolUse={"input": "{}"})],
        [start(0, toolUse={"name": "f"})],
        [CALL, CALL],
        [END, delta(0, text="a")],
        [END, CALL],
        [event("messageStop", [])],
        [event("metadata", b"\xff")],
    ],
)
def test_what_cannot_be_trusted_ends_the_stream(events: list[bytes]) -> None:
    *_, last = read(*events, delta(5, text="after"), METADATA)
    assert isinstance(last, Failed)
    assert last.error.code == "malformed_event"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("internalServerException", "InternalServerException"),
        ("modelStreamErrorException", "ModelStreamErrorException"),
        ("serviceUnavailableException", "ServiceUnavailableException"),
        ("throttlingException", "ThrottlingException"),
        ("validationException", "ValidationException"),
    ],
)
def test_an_exception_ends_the_stream_in_the_vendors_words(name: str, kind: str) -> None:
    headers = {":exception-type": name, ":content-type": "application/json", ":message-type": "exception"}
    *_, last = read(BEGIN, encode(headers, b'{"message":"slow down"}'), delta(0, text="after"))
    assert isinstance(last, Failed)
    assert (last.error.message, last.error.type, last.error.code) == ("slow down", kind, None)


@pytest.mark.parametrize("after", [b"", END])
@pytest.mark.parametrize("together", [True, False])
def test_a_broken_frame_is_one_however_the_network_cuts(together: bool, after: bytes) -> None:
    broken = delta(0, text="a")
    broken = broken[:-1] + bytes([broken[-1] ^ 1]) + after
    watcher = BedrockConverse().watcher(hide_usage=False)
    passed = watcher.feed(BEGIN + broken) if together else watcher.feed(BEGIN) + watcher.feed(broken)
    assert passed + watcher.end() == BEGIN
    assert watcher.error is not None and watcher.error.code == "malformed_event"


def test_without_an_end_nothing_is_finished() -> None:
    reader = ConverseReader()
    said = [*reader.read(delta(0, text="a")), *reader.read(METADATA), *reader.end()]
    assert said == [TextDelta("a"), Counted(Usage(9, 3))]
    assert not reader.done


def test_an_end_that_comes_twice_counts_once() -> None:
    assert read(END, END, METADATA) == [Finished(Finish("stop")), Counted(Usage(9, 3))]


def test_an_end_without_counts_is_an_end() -> None:
    reader = ConverseReader()
    reader.read(END)
    assert (list(reader.read(event("metadata", {"usage": "odd"}))), reader.done) == ([], True)


KINDS = [
    "contentBlockDelta",
    "contentBlockStart",
    "contentBlockStop",
    "messageStop",
    "metadata",
    "messageStart",
]
_INNER = ["text", "toolUse", "reasoningContent", "citation", "toolResult", "image"]
payloads = json_values | st.fixed_dictionaries(
    {},
    optional={
        "contentBlockIndex": st.integers(0, 1) | json_values,
        "delta": st.dictionaries(st.sampled_from(_INNER), json_values, max_size=2),
        "start": st.dictionaries(st.sampled_from(_INNER), json_values, max_size=2),
        "stopReason": json_values,
        "usage": json_values,
    },
)


@given(st.lists(st.tuples(st.sampled_from(KINDS), payloads), max_size=5))
def test_events_of_any_values_never_raise(events: list[tuple[str, Any]]) -> None:
    said = read(*(event(kind, payload) for kind, payload in events))
    failures = [each for each in said if isinstance(each, Failed)]
    assert len(failures) <= 1 and (not failures or said[-1] == failures[0])
    assert all(each.text for each in said if isinstance(each, TextDelta))
