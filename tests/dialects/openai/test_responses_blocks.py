"""Items of a response open, grow, close, and know themselves when they are done."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dialects.answer import CitationDelta, RefusalDelta, TextDelta, ThinkingDelta, ToolStarted
from dialects.conversation import Citation, RedactedThinking
from dialects.openai.responses_blocks import Call, Item, Message, Pen, Thought, Whole, prefix_of
from tests.dialects.conversations import texts
from tests.dialects.openai_responses_order import events


def kinds(written: bytes) -> list[str]:
    return [event["type"].removeprefix("response.") for event in events(written)]


@given(texts, st.integers(0, 10**6))
def test_a_delta_written_quickly_is_the_same_event(text: str, number: int) -> None:
    slow, quick = Pen(), Pen()
    slow.number = quick.number = number
    at: dict[str, Any] = {"item_id": "msg_1", "output_index": 0}
    expected = slow.event("response.refusal.delta", at | {"delta": text})
    assert events(quick.delta(prefix_of("response.refusal.delta", at), text)) == events(expected)
    assert quick.number == slow.number == number + 1


def test_a_message_closes_one_part_before_the_next() -> None:
    pen, message = Pen(), Message("msg_1", 0)
    written = message.open(pen) + message.say(pen, TextDelta("a"))
    assert message.takes(TextDelta("b"))
    written += (
        message.grow(pen, "b") + message.refuse(pen, RefusalDelta("no", 1)) + message.close(pen, "completed")
    )
    assert kinds(written) == [
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "content_part.added",
        "refusal.delta",
        "refusal.done",
        "content_part.done",
        "output_item.done",
    ]  # fmt: skip
    assert [block.get("text", block.get("refusal")) for block in message.whole["content"]] == ["ab", "no"]


def test_what_needs_more_than_growing_is_not_taken() -> None:
    pen, message = Pen(), Message("msg_1", 0)
    assert not message.takes(TextDelta("a"))
    message.say(pen, TextDelta("a"))
    assert not message.takes(TextDelta("b", 1))
    assert not message.takes(TextDelta("b", logprobs=({"token": "b"},)))
    assert not message.takes(TextDelta(""))


def test_a_citation_joins_the_text_that_grows() -> None:
    pen, message = Pen(), Message("msg_1", 0)
    message.say(pen, TextDelta("ab"))
    cited = Citation(url="https://a.example")
    assert kinds(message.cite(pen, CitationDelta(cited)) or b"") == ["output_text.annotation.added"]
    assert message.cite(pen, CitationDelta(cited, 1)) is None
    assert message.cite(pen, CitationDelta(Citation(quote="q"))) == b""
    message.close(pen, "completed")
    assert [each["end_index"] for each in message.whole["content"][0]["annotations"]] == [2]


def test_a_call_knows_its_arguments_when_it_is_done() -> None:
    pen, call = Pen(), Call("fc_1", 0, ToolStarted("c1", "f"))
    written = call.open(pen) + call.grow(pen, "{") + call.grow(pen, "") + call.grow(pen, "}")
    written += call.close(pen, "completed")
    assert kinds(written) == [
        "output_item.added",
        *["function_call_arguments.delta"] * 2,
        "function_call_arguments.done",
        "output_item.done",
    ]
    assert (call.whole["arguments"], call.whole["status"]) == ("{}", "completed")


def test_a_thought_without_words_has_no_summary() -> None:
    pen, thought = Pen(), Thought("rs_1", 0, 0)
    written = thought.open(pen) + thought.think(pen, ThinkingDelta("", "seal", "openai"))
    written += thought.think(pen, ThinkingDelta("", "ed")) + thought.close(pen, "completed")
    assert kinds(written) == ["output_item.added", "output_item.done"]
    assert (thought.whole["summary"], thought.whole["encrypted_content"]) == ([], "sealed")


def test_items_that_come_at_once_are_opened_and_done() -> None:
    whole, redacted = (
        Whole({"type": "x", "id": "1"}, 0),
        Thought("rs_1", 0, 0, RedactedThinking("d", "anthropic")),
    )
    items: list[Item] = [whole, redacted]
    for item in items:
        pen = Pen()
        written = item.open(pen) + item.close(pen, "completed")
        assert kinds(written) == ["output_item.added", "output_item.done"]
        assert json.loads(json.dumps(events(written)[-1]["item"])) == item.whole
