"""What is written is in the order that Anthropic's SDKs demand, whatever order it was said in."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialects.answer import (
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
from dialects.anthropic.blocks import NAME
from dialects.anthropic.events import MessagesWriter
from dialects.conversation import Citation, Image, Native, RedactedThinking, Url
from dialects.dialect import Reply
from dialects.usage import Usage
from tests.dialects.anthropic.test_stream import CITED, SEARCH
from tests.dialects.anthropic_order import check_order
from tests.dialects.anthropic_sdk import accumulated

REPLY = Reply("r1", 1_700_000_000, "asked-model")
DONE = Finished(Finish("stop"))


def stream(*deltas: Delta) -> bytes:
    writer = MessagesWriter(REPLY)
    written = b"".join([*(writer.write([delta]) for delta in deltas), writer.end()])
    check_order(written)
    return written


def blocks(*deltas: Delta) -> list[Any]:
    """What the SDK's user has in the end, without what is nothing."""
    message = accumulated(stream(*deltas, DONE)).to_dict(exclude_none=True)
    return [
        {name: value for name, value in block.items() if name != "parsed_output"}
        for block in message["content"]  # type: ignore[attr-defined]
    ]


def call(id: str, arguments: Any, name: str = "f") -> dict[str, Any]:
    return {"type": "tool_use", "id": id, "name": name, "input": arguments}


def test_a_stream_of_text_is_written_byte_by_byte() -> None:
    assert stream(
        Started("msg_1", "m", usage=Usage(9, 1)), TextDelta('a"é\n'), DONE, Counted(Usage(9, 3))
    ) == (
        b"event: message_start\n"
        b'data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant",'
        b'"model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":9,'
        b'"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1}}}\n\n'
        b"event: content_block_start\n"
        b'data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n'
        b"event: content_block_delta\n"
        b'data: {"type":"content_block_delta","index":0,'
        b'"delta":{"type":"text_delta","text":"a\\"\xc3\xa9\\n"}}\n\n'
        b"event: content_block_stop\n"
        b'data: {"type":"content_block_stop","index":0}\n\n'
        b"event: message_delta\n"
        b'data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},'
        b'"usage":{"input_tokens":9,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,'
        b'"output_tokens":3}}\n\n'
        b"event: message_stop\n"
        b'data: {"type":"message_stop"}\n\n'
    )


def test_an_answer_of_every_kind_of_part_is_what_the_sdks_user_gets() -> None:
    found = blocks(
        Started(),
        ThinkingDelta("h"),
        ThinkingDelta("m", "S", "anthropic"),
        PartDelta(RedactedThinking("D", "anthropic"), 1),
        TextDelta("Hel", 2),
        TextDelta("lo", 2),
        CitationDelta(Citation(native=CITED), 2),
        PartDelta(Native(NAME, SEARCH), 3),
        PartDelta(Native(NAME, {"type": "container_upload", "file_id": "f"}), 4),
        RefusalDelta("no", 5),
        ToolStarted("t", "f", 6),
        ToolDelta('{"a"', 6),
        ToolDelta(":1}", 6),
        ToolStarted("u", "g", 7),
    )
    assert found == [
        {"type": "thinking", "thinking": "hm", "signature": "S"},
        {"type": "redacted_thinking", "data": "D"},
        {"type": "text", "text": "Hello", "citations": [CITED]},
        SEARCH,
        {"type": "container_upload", "file_id": "f"},
        {"type": "text", "text": "no"},
        call("t", {"a": 1}),
        call("u", {}, "g"),
    ]


def test_a_citation_that_comes_after_its_texts_block_makes_no_empty_one() -> None:
    late = CitationDelta(Citation(native=CITED))
    found = blocks(TextDelta("a"), ToolStarted("t", "f", 1), ToolDelta("{}", 1), late, TextDelta("b"), late)
    assert found == [
        {"type": "text", "text": "a"},
        call("t", {}),
        {"type": "text", "text": "b", "citations": [CITED]},
    ]


def test_thoughts_of_others_are_marked_at_their_end() -> None:
    found = blocks(ThinkingDelta("a", "S", "openai"), ThinkingDelta("b", "T", "openai"), TextDelta("x", 1))
    assert found[0] == {"type": "thinking", "thinking": "ab", "signature": "sb:openai:ST"}


def test_a_signature_without_words_is_a_block() -> None:
    assert blocks(ThinkingDelta("", "S", "anthropic")) == [
        {"type": "thinking", "thinking": "", "signature": "S"}
    ]


def test_a_call_of_gemini_carries_its_signature() -> None:
    (found,) = blocks(ToolStarted("t", "f", signature="sig"))
    assert found["id"] == "t__sb__c2ln"


ALTERNATING: list[Delta] = [
    ToolStarted("t", "f", 0),
    ToolStarted("u", "g", 1),
    ToolDelta('{"a":', 0),
    ToolDelta('{"b":', 1),
    ToolDelta("1}", 0),
    ToolDelta("2}", 1),
]


def test_calls_whose_pieces_alternate_come_one_after_another() -> None:
    assert blocks(*ALTERNATING) == [call("t", {"a": 1}), call("u", {"b": 2}, "g")]


def test_a_call_that_is_whole_keeps_nothing_waiting() -> None:
    writer = MessagesWriter(REPLY)
    writer.write(ALTERNATING[:4])
    assert b'"g"' in writer.write(ALTERNATING[4:5])
    assert b"2}" in writer.write(ALTERNATING[5:])


def test_calls_one_after_another_are_streamed_as_they_come() -> None:
    writer = MessagesWriter(REPLY)
    writer.write([ToolStarted("t", "f", 0), ToolDelta('{"a":{}}', 0)])
    assert b'"g"' in writer.write([ToolStarted("u", "g", 1)])


def test_a_call_that_never_becomes_whole_ends_with_the_stream() -> None:
    written = stream(ToolStarted("t", "f", 0), ToolDelta('{"a":', 0), TextDelta("x", 1), DONE)
    assert written.index(b"partial_json") < written.index(b"text_delta")


PIECES = st.sampled_from([0, 1, 2])


@settings(deadline=None)  # the SDK builds its types at its first answer
@given(st.lists(PIECES, max_size=12), st.booleans())
def test_in_whatever_order_calls_are_told_all_of_each_arrives(order: list[int], spoken: bool) -> None:
    texts = ['{"a":"', 'x}y","b":', "[1]", "}"]
    said: list[Delta] = [TextDelta("hm", 0)] if spoken else []
    said += [ToolStarted(f"t{each}", "f", each + 1) for each in (0, 1, 2)]
    left = {each: list(texts) for each in (0, 1, 2)}
    for each in [*order, *[each for each in (2, 0, 1) for _ in texts]]:
        if left[each]:
            said.append(ToolDelta(left[each].pop(0), each + 1))
    expected = [call(f"t{each}", {"a": "x}y", "b": [1]}) for each in (0, 1, 2)]
    assert blocks(*said)[spoken:] == expected


def test_what_the_format_cannot_show_is_left_out() -> None:
    said: list[Delta] = [
        TextDelta("hi"),
        TextDelta("other", 0, 1),
        PartDelta(Image(Url("u")), 1),
        PartDelta(Native("gemini", {}), 2),
        CitationDelta(Citation(title="nowhere"), 3),
        ToolDelta("{}", 4),
        TextDelta("", 5),
        Finished(Finish("length"), 1),
    ]
    assert blocks(*said) == [{"type": "text", "text": "hi"}]


@pytest.mark.parametrize(
    ("said", "input", "output"),
    [
        pytest.param([Started(usage=Usage(9, 1)), DONE], 9, 1, id="told at the start"),
        pytest.param([Started(), DONE, Counted(Usage(15, 3, 4, 2))], 9, 3, id="told after the end"),
        pytest.param([Started(usage=Usage(1, 1)), Counted(Usage(9, 3)), DONE], 9, 3, id="told twice"),
        pytest.param([], 0, 0, id="never told"),
    ],
)
def test_the_sdk_counts_what_the_vendor_counted(said: list[Delta], input: int, output: int) -> None:
    usage = accumulated(stream(*said)).usage
    assert (usage.input_tokens, usage.output_tokens) == (input, output)


@pytest.mark.parametrize(
    ("finish", "told"),
    [
        (Finish("stop_sequence", "X"), ("stop_sequence", "X")),
        (Finish("length"), ("max_tokens", None)),
        (Finish("content_filter"), ("refusal", None)),
    ],
)
def test_the_end_is_told(finish: Finish, told: tuple[str, str | None]) -> None:
    found = accumulated(stream(TextDelta("x"), Finished(finish)))
    assert (found.stop_reason, found.stop_sequence) == told


def test_half_a_surrogate_pair_is_written() -> None:
    writer = MessagesWriter(REPLY)
    writer.write([TextDelta("x")])
    assert b'"\\ud83d"' in writer.write([TextDelta("\ud83d")])


def _any(parts: int) -> Iterable[st.SearchStrategy[Delta]]:
    at = st.integers(0, parts)
    words = st.sampled_from(["", "x", "}", '{"a":1}'])
    yield st.builds(TextDelta, words, at, st.sampled_from([0, 0, 0, 1]))
    yield st.builds(RefusalDelta, words, at)
    yield st.builds(
        ThinkingDelta, words, st.sampled_from([None, "S"]), st.sampled_from(["", "openai"]), part=at
    )
    yield st.builds(CitationDelta, st.just(Citation("u")), at)
    yield st.builds(ToolStarted, st.just("t"), st.just("f"), at)
    yield st.builds(ToolDelta, words, at)
    yield st.builds(PartDelta, st.sampled_from([RedactedThinking("D"), Native(NAME, SEARCH)]), at)
    yield st.builds(Counted, st.builds(Usage, st.integers(0, 9)))
    yield st.sampled_from([Started("a", "b"), DONE])


@given(st.lists(st.one_of(*_any(3)), max_size=12))
def test_no_disorder_of_deltas_breaks_the_order_of_events(said: list[Delta]) -> None:
    stream(*said)
