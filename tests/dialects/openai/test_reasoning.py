"""Thoughts in OpenRouter's list: what is written is read, whoever signed it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.answer import PartDelta, ThinkingDelta
from dialects.conversation import RedactedThinking, Text, Thinking
from dialects.openai.chat_voice import read_thoughts
from dialects.openai.reasoning import Detail, details_of, plain_thoughts, read_detail, write_details

words = st.sampled_from(["hm", "so\n", "é"])
signed = st.builds(Thinking, words | st.just(""), words, st.sampled_from(["anthropic", "gemini", ""]))
openais = st.builds(
    Thinking, words | st.just(""), words, st.just("openai"), st.sampled_from(["rs_1", "rs_2"])
)
hidden = st.builds(RedactedThinking, words, st.sampled_from(["anthropic", "gemini", "openai", ""]))


@given(st.lists(signed | openais | hidden, min_size=1, max_size=4).map(tuple))
def test_what_is_written_is_read(thoughts: tuple[Any, ...]) -> None:
    assert read_thoughts({"reasoning_details": write_details(thoughts)}) == thoughts


def test_nothing_signed_makes_no_list() -> None:
    assert write_details([Thinking("hm"), Text("a")]) == []


def test_words_are_joined_for_those_who_read_only_words() -> None:
    assert plain_thoughts([Thinking("a"), Text("x"), Thinking("", "s"), Thinking("b")]) == "a\n\nb"


@pytest.mark.parametrize(
    ("format", "origin"),
    [
        ("anthropic-claude-v1", "anthropic"),
        ("google-gemini-v1google-gemini-v1", "gemini"),
        ("openai-responses-v1", "openai"),
        ("xai-responses-v1", ""),
        ("unknown", ""),
        (None, ""),
    ],
)
def test_the_format_tells_who_thought_it(format: str | None, origin: str) -> None:
    assert Detail(format=format).origin == origin


@pytest.mark.parametrize(
    ("detail", "delta"),
    [
        (Detail(text="hm"), ThinkingDelta("hm", part=3, choice=1)),
        (Detail(summary="so", id="x"), ThinkingDelta("so", id="x", part=3, choice=1)),
        (Detail(signature="s"), ThinkingDelta(signature="s", part=3, choice=1)),
        (Detail(data="d"), PartDelta(RedactedThinking("d"), 3, 1)),
        (
            Detail(data="d", id="rs", format="openai-responses-v1"),
            ThinkingDelta("", "d", "openai", "rs", 3, 1),
        ),
        (Detail(text="", signature=""), None),
    ],
)
def test_an_item_adds_to_a_thought(detail: Detail, delta: object) -> None:
    assert read_detail(detail, 3, 1) == delta


def test_odd_items_say_nothing() -> None:
    assert details_of({"text": "a"}) == []
    assert details_of([7, {"text": 7, "index": "x", "signature": "s"}]) == [Detail(), Detail(signature="s")]
