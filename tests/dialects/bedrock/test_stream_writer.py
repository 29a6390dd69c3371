"""One block at a time, each that was opened closed, and nothing lost that came in between."""

from typing import Any

from hypothesis import given
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
from dialects.bedrock.eventstream import EventStream
from dialects.bedrock.stream import ConverseReader
from dialects.bedrock.stream_writer import ConverseWriter
from dialects.conversation import Citation, Image, Inline, Native, RedactedThinking, Text, ToolCall
from dialects.deltas import gather
from dialects.usage import Usage
from tests.dialects.bedrock_aws import parsed_events

END = Finished(Finish("stop"))


def written(*deltas: Delta) -> bytes:
    writer = ConverseWriter()
    return b"".join([*(writer.write([delta]) for delta in deltas), writer.end()])


def events(*deltas: Delta) -> list[tuple[str, Any]]:
    """As boto3 gives them, and in an order that it may rely on."""
    found = [next(iter(event.items())) for event in parsed_events(written(*deltas))]
    check_order(found)
    return found


def check_order(found: list[tuple[str, Any]]) -> None:
    assert [name for name, _ in found[:1] + found[-2:]] == ["messageStart", "messageStop", "metadata"]
    opened, last = None, -1
    for name, said in found[1:-2]:
        index = said["contentBlockIndex"]
        if name == "contentBlockStop":
            assert opened == index
            opened = None
            continue
        assert name in ("contentBlockStart", "contentBlockDelta")
        if opened is None:
            assert index == last + 1
            opened = last = index
        else:
            assert (name, index) == ("contentBlockDelta", opened)
    assert opened is None


def gathered(stream: bytes) -> tuple[Any, ...]:
    reader = ConverseReader()
    frames, _ = EventStream().split(stream, 0)
    return gather([delta for frame in frames for delta in reader.read(frame)], "x").choices[0].parts


def test_a_stream_is_written_event_by_event() -> None:
    found = events(
        Started("id", "m"),
        ThinkingDelta("hm"),
        ThinkingDelta(signature="s", origin="anthropic"),
        TextDelta("Hel", 1),
        TextDelta("lo", 1),
        CitationDelta(Citation(url="https://a.example"), 1),
        ToolStarted("t", "f", 2),
        ToolDelta('{"a"', 2),
        ToolDelta(":1}", 2),
        Counted(Usage(15, 3, 4, 2)),
        Finished(Finish("stop_sequence", "X")),
    )
    start, delta, stop = "contentBlockStart", "contentBlockDelta", "contentBlockStop"
    said = [
        (name, each.get("contentBlockIndex"), each.get("delta") or each.get("start")) for name, each in found
    ]
    assert said[:-2] == [
        ("messageStart", None, None),
        (delta, 0, {"reasoningContent": {"text": "hm"}}),
        (delta, 0, {"reasoningContent": {"signature": "s"}}),
        (stop, 0, None),
        (delta, 1, {"text": "Hel"}),
        (delta, 1, {"text": "lo"}),
        (delta, 1, {"citation": {"location": {"web": {"url": "https://a.example"}}}}),
        (stop, 1, None),
        (start, 2, {"toolUse": {"toolUseId": "t", "name": "f"}}),
        (delta, 2, {"toolUse": {"input": '{"a"'}}),
        (delta, 2, {"toolUse": {"input": ":1}"}}),
        (stop, 2, None),
    ]


def test_the_end_tells_how_and_what_was_used() -> None:
    *_, stop, metadata = events(Counted(Usage(15, 3, 4, 2)), Finished(Finish("stop_sequence", "X")))
    more = {"additionalModelResponseFields": {"stop_sequence": "X"}}
    assert stop == ("messageStop", {"stopReason": "stop_sequence"} | more)
    counts = {"inputTokens": 9, "outputTokens": 3, "totalTokens": 18}
    cache = {"cacheReadInputTokens": 4, "cacheWriteInputTokens": 2}
    assert metadata == ("metadata", {"usage": counts | cache, "metrics": {"latencyMs": 0}})


def test_calls_that_alternate_come_one_after_the_other() -> None:
    deltas = [ToolStarted("a", "f", 0), ToolDelta("{", 0), ToolStarted("b", "g", 1), ToolDelta("[", 1)]
    deltas += [TextDelta("so", 2), ToolDelta("}", 0), ToolDelta("]", 1), END]  # type: ignore[list-item]
    assert [name for name, _ in events(*deltas)].count("contentBlockStart") == 2
    assert gathered(written(*deltas)) == (ToolCall("a", "f", "{}"), ToolCall("b", "g", "[]"), Text("so"))


def test_parts_that_come_whole_are_blocks_of_their_own() -> None:
    use = {"toolUse": {"toolUseId": "t", "name": "s", "type": "server_tool_use", "input": {"q": 1}}}
    result = {"toolResult": {"toolUseId": "t", "type": "found", "content": [{"text": "a"}]}}
    parts = (
        RedactedThinking("AAA=", "anthropic"),
        Image(Inline("image/png", "AAA=")),
        Native("bedrock_converse", use),
        Native("bedrock_converse", result),
    )
    deltas = [PartDelta(part, number) for number, part in enumerate(parts)]
    foreign = PartDelta(Native("other", {"x": 1}), 4), PartDelta(RedactedThinking("x", "openai"), 5)
    assert len(events(*deltas, *foreign, END)) == 1 + 2 + 3 + 3 + 3 + 2
    assert gathered(written(*deltas, *foreign, END)) == parts


def test_a_foreign_signature_in_pieces_tells_once_whose_it_is() -> None:
    thoughts = [
        ThinkingDelta("hm", origin="gemini"),
        ThinkingDelta(signature="a"),
        ThinkingDelta(signature="b"),
    ]
    said = [event[1]["delta"] for event in events(*thoughts, END) if event[0] == "contentBlockDelta"]
    assert [each["reasoningContent"].get("signature") for each in said] == [None, "gemini__sb__a", "b"]


def test_other_choices_and_lost_arguments_are_left_out() -> None:
    other = [TextDelta("b", 0, 1), Finished(Finish("length"), 1), ToolDelta("{", 7), TextDelta("")]
    found = events(TextDelta("a"), *other, RefusalDelta("no", 1), END)
    texts = [said["delta"]["text"] for name, said in found if name == "contentBlockDelta"]
    assert (texts, found[-2][1]["stopReason"]) == (["a", "no"], "end_turn")


def test_an_answer_that_says_nothing_is_still_a_stream() -> None:
    assert [name for name, _ in events(Started(), END)] == ["messageStart", "messageStop", "metadata"]


parts = st.integers(0, 3)
deltas = (
    st.builds(TextDelta, st.sampled_from(["", "a", "é\n"]), parts)
    | st.builds(ThinkingDelta, st.sampled_from(["", "b"]), st.sampled_from([None, "s"]), part=parts)
    | st.builds(ToolStarted, st.just("t"), st.just("f"), parts)
    | st.builds(ToolDelta, st.sampled_from(["", "{"]), parts)
    | st.builds(CitationDelta, st.just(Citation(title="A")), parts)
    | st.builds(PartDelta, st.just(RedactedThinking("AAA=", "anthropic")), parts)
)


@given(st.lists(deltas, max_size=10))
def test_deltas_in_any_order_make_a_stream_in_order(said: list[Delta]) -> None:
    found = events(Started(), *said, END)
    texts = "".join(each["delta"].get("text", "") for name, each in found if name == "contentBlockDelta")
    assert sorted(texts) == sorted("".join(each.text for each in said if isinstance(each, TextDelta)))


def test_the_check_of_the_order_catches_faults() -> None:
    good = events(TextDelta("a"), TextDelta("b", 1), END)
    faulty = [good[1:], good[:-1], good[:2] + good[3:], [*good[:4], good[1], *good[4:]], good[:3] + good[1:]]
    caught = 0
    for stream in faulty:
        try:
            check_order(stream)
        except AssertionError:
            caught += 1
    assert caught == len(faulty)
