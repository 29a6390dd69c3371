"""Whole answers of the Responses API: what the road learns, what the typed form says.

Written and read again, an answer is the same but for what the format keeps otherwise: a foreign thought is
carried in `encrypted_content`, ids of thoughts are minted, the answer's id is one of a response.
"""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.answer import Answer, Choice, Finish
from dialects.conversation import (
    Citation,
    Native,
    Part,
    RedactedThinking,
    Refusal,
    Text,
    Thinking,
    ToolCall,
)
from dialects.dialect import Reply, WholeAnswer
from dialects.errors import Malformed, VendorError
from dialects.openai.responses_answer import finish_of, head_of, peek_answer, read_answer, usage_of
from dialects.openai.responses_parts import carried
from dialects.openai.responses_writer import write_answer
from dialects.usage import Usage
from tests.dialects.conversations import answers
from tests.dialects.openai_responses_recorded import (
    CALL,
    CITED,
    CUSTOM,
    REASONING,
    SEARCH,
    TOKEN,
    USAGE,
    message,
    refusal,
    response,
    text,
)

replace = msgspec.structs.replace
NAME = "openai_responses"
TOLD = Usage(10, 6, 4, 2, 3)


def encoded(found: Any) -> bytes:
    return json.dumps(found).encode()


def shown(part: Part, number: int) -> Part:
    if isinstance(part, Thinking | RedactedThinking):
        words = part.text if isinstance(part, Thinking) else ""
        known = part.id if isinstance(part, Thinking) else None
        return Thinking(words, carried(part), "openai", known or f"rs_r_{number}")
    return part


def as_shown(answer: Answer) -> Answer:
    (choice,) = answer.choices
    parts = tuple(shown(part, number) for number, part in enumerate(choice.parts))
    usage = answer.usage and replace(answer.usage, input_audio=0, output_audio=0)
    return replace(answer, dialect=NAME, id="resp_r", choices=(replace(choice, parts=parts),), usage=usage)


@given(answers())
def test_what_is_written_is_read_as_it_was(answer: Answer) -> None:
    assert read_answer(write_answer(answer, Reply("r", 1, "m"))) == as_shown(answer)


ITEMS: list[tuple[str, list[Any], tuple[Part, ...]]] = [
    ("text", [message(text("hi"))], (Text("hi"),)),
    ("texts", [message(text("a"), text("b")), message(text("c"))], (Text("a"), Text("b"), Text("c"))),
    (
        "a citation",
        [message(text("hi", CITED))],
        (Text("hi", (Citation("https://a.example", "A", None, 0, 2, CITED),)),),
    ),
    ("a refusal", [message(refusal("no"))], (Refusal("no"),)),
    ("a call", [CALL], (ToolCall("c1", "f", '{"a":1}'),)),
    ("a thought", [REASONING], (Thinking("a\n\nb", "sealed", "openai", "rs_1"),)),
    ("an empty thought", [{"type": "reasoning", "id": "rs_1", "summary": []}], ()),
    (
        "thoughts in full",
        [
            {
                "type": "reasoning",
                "id": "rs_1",
                "summary": [],
                "content": [{"type": "reasoning_text", "text": "hm"}],
            }
        ],
        (Thinking("hm", None, "openai", "rs_1"),),
    ),
    ("tools of the vendor", [SEARCH, CUSTOM], (Native(NAME, SEARCH), Native(NAME, CUSTOM))),
    ("what is none", ["odd", {}, {"type": 7}, message("odd", {"type": "output_smell"})], ()),
    ("a text of no text", [message({"type": "output_text", "text": None})], (Text(""),)),
]


@pytest.mark.parametrize(("items", "parts"), [row[1:] for row in ITEMS], ids=[row[0] for row in ITEMS])
def test_each_item_is_read(items: list[Any], parts: tuple[Part, ...]) -> None:
    answer = read_answer(encoded(response(*items)))
    assert answer.choices[0].parts == parts
    assert (answer.id, answer.model, answer.created, answer.usage) == ("resp_1", "gpt-x", 7, TOLD)


def test_tokens_and_tier_are_read() -> None:
    answer = read_answer(
        encoded(
            response(message(text("hi", logprobs=[TOKEN]), text("b", logprobs=None)), service_tier="flex")
        )
    )
    assert answer.choices[0].logprobs == (TOKEN,)
    assert answer.service_tier == "flex"


@pytest.mark.parametrize(
    ("members", "calls", "reason"),
    [
        ({"status": "completed"}, False, "stop"),
        ({"status": "completed"}, True, "tool_calls"),
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, True, "length"),
        (
            {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}},
            False,
            "content_filter",
        ),
        ({"status": "incomplete", "incomplete_details": None}, False, "length"),
        ({"status": "failed"}, False, "error"),
        ({}, False, "stop"),
    ],
)
def test_how_it_ended_is_read(members: dict[str, Any], calls: bool, reason: Any) -> None:
    assert finish_of(members, calls) == Finish(reason, sure=bool(members))


WHOLE = [
    pytest.param(response(message(text("hi"))), WholeAnswer(TOLD, None, 0), id="usage"),
    pytest.param(response(message(text("hi")), CALL, usage=None), WholeAnswer(None, None, 9), id="no usage"),
    pytest.param(response(usage="many"), WholeAnswer(None, None, 0), id="usage of no shape"),
    pytest.param(
        response(status="failed", error={"code": "server_error", "message": "m"}),
        WholeAnswer(TOLD, VendorError("m", code="server_error"), 0),
        id="failed",
    ),
    pytest.param(
        response(status="failed"),
        WholeAnswer(TOLD, VendorError("the vendor ended its answer with an error", code="server_error"), 0),
        id="failed for no reason",
    ),
    pytest.param({"error": {"message": "m"}}, WholeAnswer(None, VendorError("m"), 0), id="an error alone"),
    pytest.param(
        response(message(text("\ud83d")), usage=None), WholeAnswer(None, None, 1), id="half an emoji"
    ),
    pytest.param(response(status=7), WholeAnswer(TOLD, None, 0), id="a status of no shape"),
]


@pytest.mark.parametrize(("found", "whole"), WHOLE)
def test_an_answer_is_peeked_at(found: Any, whole: WholeAnswer) -> None:
    assert peek_answer(encoded(found)) == whole


@pytest.mark.parametrize("body", [b"{}", b"[]", b"<html>", b'{"status":"completed"}', b""])
def test_what_is_no_answer_is_malformed(body: bytes) -> None:
    for read in (peek_answer, read_answer):
        with pytest.raises(Malformed) as refused:
            read(body)
        assert refused.value.message.startswith("the answer")


@given(
    st.integers(0, 600), st.binary(max_size=3), st.sampled_from([message(text("hi", CITED)), CALL, REASONING])
)
def test_no_damage_breaks_the_reader_of_answers(at: int, hit: bytes, item: Any) -> None:
    body = encoded(response(item))
    for read in (peek_answer, read_answer):
        try:
            read(body[:at] + hit + body[at + 1 :])
        except Malformed as refused:
            assert refused.message.startswith("the answer")


@pytest.mark.parametrize(
    ("found", "usage"),
    [
        (USAGE, TOLD),
        ({"input_tokens": -1, "output_tokens": "3"}, Usage(0, 3)),
        ({"input_tokens": 2, "input_tokens_details": {"cached_tokens": 9}}, Usage(2, 0, 2)),
        ({"input_tokens": 1e300, "output_tokens": True}, Usage(10**12, 0)),
        ([], None),
        (None, None),
    ],
)
def test_counts_are_sane(found: Any, usage: Usage | None) -> None:
    assert usage_of(found) == usage


@pytest.mark.parametrize("created", [True, -1, 1e300, "7", None, float("nan")])
def test_a_time_that_is_none_is_none(created: Any) -> None:
    assert head_of({"id": 7, "model": [], "created_at": created}) == ("", "", 0)


def test_an_answer_has_one_choice() -> None:
    assert read_answer(encoded(response())).choices == (Choice((), Finish("stop")),)
