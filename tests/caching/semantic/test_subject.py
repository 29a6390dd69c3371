"""Two conversations share a scope only if nothing but their last text differs."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caching.fingerprint import canonical, left_out, read
from caching.semantic.subject import Subject, subject
from config.kinds import Operation
from dialects.openai.chat import OpenAIChat

CHAT = OpenAIChat()
Json = dict[str, Any]


def look(body: Json) -> Subject | str:
    data = json.dumps(body).encode()
    members = read(data)
    assert members is not None
    return subject(CHAT.read_request(data), canonical(members, left_out(Operation.CHAT)), b"base", (8, 1.0))


def chat(text: Any, **more: Any) -> Json:
    return {"model": "m", "messages": [{"role": "user", "content": text}], **more}


def scope(body: Json) -> bytes:
    found = look(body)
    assert isinstance(found, Subject), found
    return found.scope


def test_the_text_alone_may_differ() -> None:
    assert scope(chat("How are you?")) == scope(chat("Who are you?"))
    assert scope(chat("a", temperature=0.5)) != scope(chat("b"))
    assert scope(chat("a", stop="x")) != scope(chat("b", stop="y"))


def test_a_part_of_a_list_is_a_text_too() -> None:
    parts = [chat([{"type": "text", "text": text}]) for text in ("one", "two")]
    assert scope(parts[0]) == scope(parts[1]) != scope(chat("one"))


WORDS = st.sampled_from(["a", "b", 'a"', "\\a", "é", "\u0000", "content", "user", "messages"])


@given(WORDS, WORDS, WORDS, WORDS)
def test_a_text_that_stands_elsewhere_too_never_hides_a_difference(a: str, b: str, c: str, d: str) -> None:
    one = chat(a, stop=b, messages=[{"role": "system", "content": b}, {"role": "user", "content": a}])
    other = chat(c, stop=d, messages=[{"role": "system", "content": d}, {"role": "user", "content": c}])
    found = look(one), look(other)
    if isinstance(found[0], Subject) and isinstance(found[1], Subject):
        assert found[0].scope != found[1].scope or b == d


IMAGE = [
    {"type": "text", "text": "what is this"},
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
]


def after(system: str, role: str = "system") -> Json:
    return {
        "model": "m",
        "messages": [{"role": role, "content": system}, {"role": "user", "content": "Please sit down"}],
    }


OUTSIDE = [
    pytest.param(after("Translate the user's text into French."), "worked on", id="a translator"),
    pytest.param(after("Du bist ein Übersetzer.", "developer"), "worked on", id="a translator in German"),
    pytest.param(after("Classify the sentiment."), "worked on", id="a classifier"),
    pytest.param(after("From now on correct whatever I write", "user"), "worked on", id="said by the user"),
    pytest.param(chat(IMAGE), "no single text", id="an image"),
    pytest.param(chat("x", temperature=1.5), "max_temperature", id="hot"),
    pytest.param(chat("What is the news today?"), "moment", id="today"),
    pytest.param(chat("word " * 1000), "long text", id="a long text"),
    pytest.param(chat("  "), "no single text", id="blank"),
    pytest.param({"model": "m", "messages": [{"role": "user", "content": "x"}] * 9}, "long", id="turns"),
    pytest.param(
        {"model": "m", "messages": [{"role": "assistant", "content": "x"}]}, "no single", id="not the user"
    ),
]


@pytest.mark.parametrize(
    "system",
    ["You are a helpful assistant.", "Answer in at most 50 words.", "Use our return policy. Be polite."],
)
def test_who_is_asked_to_answer_is(system: str) -> None:
    assert isinstance(look(after(system)), Subject)


@pytest.mark.parametrize(("body", "reason"), OUTSIDE)
def test_what_is_never_compared(body: Json, reason: str) -> None:
    found = look(body)
    assert isinstance(found, str)
    assert reason in found
