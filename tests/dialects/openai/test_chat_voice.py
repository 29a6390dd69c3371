"""One choice, heard piece by piece: parts are numbered as they begin, texts are whole again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.answer import Delta, Finish, Finished, PartDelta, TextDelta, ThinkingDelta, ToolStarted
from dialects.conversation import RedactedThinking, Text, Thinking
from dialects.deltas import gather
from dialects.openai.chat_events import Choice, Said, event_of, read_object
from dialects.openai.chat_voice import Voice, read_thoughts

KINDS = st.sampled_from(
    [
        {"content": "a"},
        {"reasoning_content": "hm"},
        {"refusal": "no"},
        {"reasoning_details": [{"text": "x", "index": 0}]},
        {"reasoning_details": [{"data": "x", "index": 0}]},
        {"tool_calls": [{"index": 0, "id": "t", "function": {"name": "f"}}]},
        {"tool_calls": [{"index": 1, "id": "u", "function": {"name": "f", "arguments": "{"}}]},
        {"images": [{"image_url": {"url": "u"}}]},
        {"function_call": {"name": "f"}},
    ]
)


def hear(*members: dict[str, Any], index: int = 0) -> list[Delta]:
    voice, out = Voice(index), list[Delta]()
    for each in members:
        event = event_of({"choices": [{"delta": each}]})
        for choice in event.choices or ():
            voice.hear(choice, out)
    voice.hear(Choice(finish_reason="stop"), out)
    return out


@given(st.lists(KINDS, max_size=8))
def test_parts_are_numbered_as_they_begin(members: list[dict[str, Any]]) -> None:
    *said, end = hear(*members)
    assert isinstance(end, Finished)
    numbers = list(dict.fromkeys(delta.part for delta in said))  # type: ignore[union-attr]
    assert numbers == list(range(len(numbers)))
    kinds: dict[int, type] = {}
    for delta in said:
        if isinstance(delta, TextDelta | ThinkingDelta | PartDelta | ToolStarted):
            assert kinds.setdefault(delta.part, type(delta)) is type(delta)
    gather([*said, end], "test")


@given(
    st.text(st.sampled_from("aé\U0001f600"), max_size=8),
    st.integers(0, 20),
    st.sampled_from(["content", "reasoning_content"]),
)
def test_a_text_cut_inside_a_pair_is_whole_again(text: str, place: int, member: str) -> None:
    units = text.encode("utf-16-le", "surrogatepass")
    place = min(len(units), place * 2)
    halves = [units[:place], units[place:]]
    voice, out = Voice(0), list[Delta]()
    for half in halves:
        said = Said(**{member: half.decode("utf-16-le", "surrogatepass")})
        voice.hear(Choice(delta=said), out, odd=True)
    voice.hear(Choice(finish_reason="stop"), out)
    whole = "".join(delta.text for delta in out if isinstance(delta, TextDelta | ThinkingDelta))
    assert whole == text


def test_each_delta_names_its_choice() -> None:
    *said, end = hear({"content": "a", "reasoning": "hm", "refusal": "no"}, index=3)
    assert {delta.choice for delta in said} == {3}  # type: ignore[union-attr]
    assert end == Finished(Finish("stop"), 3)


def test_one_delta_may_say_everything_and_thoughts_come_first() -> None:
    call = {"index": 0, "id": "t", "function": {"name": "f"}}
    said = hear({"content": "a", "reasoning": "hm", "tool_calls": [call]})
    assert said[:-1] == [ThinkingDelta("hm"), TextDelta("a", 1), ToolStarted("t", "f", 2)]


SIGNED = {"type": "reasoning.text", "signature": "s", "format": "anthropic-claude-v1", "index": 0}
SEALED = {"type": "reasoning.encrypted", "data": "e", "id": "rs", "format": "openai-responses-v1", "index": 0}


@pytest.mark.parametrize(
    ("members", "thoughts"),
    [
        ([{"reasoning_content": "hm"}, {"reasoning_details": [SIGNED]}], [Thinking("hm", "s", "anthropic")]),
        ([{"reasoning_content": "hm", "reasoning_details": [SIGNED]}], [Thinking("hm", "s", "anthropic")]),
        ([{"reasoning": "hm"}, {"reasoning_details": [SEALED]}], [Thinking("hm", "e", "openai", "rs")]),
        (
            [{"reasoning": "hm"}, {"reasoning_details": [SIGNED]}, {"reasoning": "so"}],
            [Thinking("hm", "s", "anthropic"), Thinking("so")],
        ),
        (
            [{"reasoning": "hm"}, {"reasoning_details": [{"data": "d"}]}],
            [Thinking("hm"), RedactedThinking("d")],
        ),
        (
            [{"reasoning": "hm"}, {"content": "a"}, {"reasoning_details": [SIGNED]}],
            [Thinking("hm"), Text("a"), Thinking("", "s", "anthropic")],
        ),
    ],
    ids=["after", "beside", "sealed", "thinking goes on", "redacted is apart", "too late"],
)
def test_a_signature_signs_what_was_thought_just_before(members: list[Any], thoughts: list[Any]) -> None:
    assert list(gather(hear(*members), "test").choices[0].parts) == thoughts


def test_a_message_that_comes_back_tells_its_thoughts_once() -> None:
    details = [{"type": "reasoning.text", "text": "hm", "signature": "s", "format": "google-gemini-v1"}]
    assert read_thoughts({"reasoning": "hm", "reasoning_details": details}) == (
        Thinking("hm", "s", "gemini"),
    )
    assert read_thoughts({"reasoning": "hm"}) == (Thinking("hm"),)
    assert read_thoughts({"content": "a"}) == ()


def test_a_whole_message_is_heard_as_one_delta() -> None:
    found = read_object(b'{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}')
    assert found is not None
    voice, out = Voice(0), list[Delta]()
    for choice in event_of(found).choices or ():
        voice.hear(choice, out)
    assert gather(out, "test").choices[0].parts == (Text("a"),)


def test_sound_that_is_encoded_piece_by_piece_is_one() -> None:
    (sound, _) = hear({"audio": {"id": "a", "data": "QQ=="}}, {"audio": {"data": "QkM=", "transcript": "hi"}})
    assert isinstance(sound, PartDelta)
    assert "'QUJD'" in repr(sound)
