"""What a text is about, by how near its passages are to examples."""

import json

import pytest

from config.catalog import GuardFacts
from guardrails.distant import Remark, Shown
from guardrails.guards.topics import ABOUT, ALLOWED, GUARD, passages

TOPICS = {"claims": ("I want my money back.",), "votes": ("Whom should I vote for?",)}
LONG = "A sentence of no special kind stands here. " * 60


def guard(**facts: object):
    return GUARD.build(GuardFacts("desk", "topics", topics=TOPICS, **facts))  # type: ignore[arg-type]


def shown(*texts: str) -> Shown:
    return Shown("input", texts, ("user",) * len(texts))


def answer(*scores: list[list[float]]) -> bytes:
    return json.dumps({"scores": scores}).encode()


ONE = "is it about money"
NEAR, FAR = 0.9, 0.0


@pytest.mark.parametrize(
    ("only", "scores", "kinds"),
    [
        ((), [[NEAR, FAR]], ["CLAIMS"]),
        ((), [[FAR, FAR]], []),
        ((), [[FAR, ABOUT]], ["VOTES"]),
        ((), [[FAR, ABOUT - 0.01]], []),
        ((), [[FAR, FAR], [FAR, NEAR], [NEAR, FAR]], ["CLAIMS", "VOTES"]),
        (("claims",), [[NEAR, FAR]], []),
        (("claims",), [[ALLOWED, FAR]], []),
        (("claims",), [[ALLOWED - 0.01, FAR]], ["OFF_TOPIC"]),
        (("claims",), [[FAR, NEAR]], ["VOTES", "OFF_TOPIC"]),
        (("claims",), [[0.6, 0.5]], []),
        (("claims",), [[FAR, FAR], [NEAR, FAR]], []),
    ],
)
def test_a_verdict(only: tuple[str, ...], scores: list[list[float]], kinds: list[str]) -> None:
    found = guard(only=only).remarks(shown(ONE), answer(scores))
    assert found == [Remark(kind, 0, 0, len(ONE)) for kind in kinds]


@pytest.mark.parametrize(
    ("scores", "found"),
    [
        (([[FAR, FAR]], [[NEAR, FAR]]), []),  # what was said before was judged then
        (([[NEAR, FAR]], [[FAR, FAR]]), [1]),
        (([[NEAR, FAR]], []), []),  # too little to be about anything
        (([], []), []),
    ],
)
def test_of_a_conversation_the_last_text_is_on_topic(scores: tuple[list[list[float]]], found: list[int]):
    remarks = guard(only=("claims",)).remarks(shown("one two three four", ONE), answer(*scores))
    assert [each.text for each in remarks] == found


def test_a_short_text_may_be_about_what_was_said_before_it() -> None:
    said = ("I want my money back for the car.", "And what about the bike?")
    assert json.loads(guard(only=("claims",)).question(shown(*said)))["passages"] == [
        [said[0]],
        [said[1], "\n".join(said)],
    ]
    assert json.loads(guard().question(shown(*said)))["passages"] == [[said[0]], [said[1]]]


@pytest.mark.parametrize(
    "text", [LONG, LONG.replace(" ", "-") + " a b c d", "no end " * 500, "日本語。" * 400]
)
def test_passages_are_short_and_leave_no_word_out(text: str) -> None:
    found = list(passages(f"one two three four {text}"))
    assert len(found) > 2
    assert max(map(len, found)) <= 600
    assert "".join("".join(found).split()) == "".join(f"one two three four {text}".split())


@pytest.mark.parametrize("text", ["", "yes", "thank you much"])
def test_what_says_too_little_is_about_nothing(text: str) -> None:
    assert list(passages(text)) == []


@pytest.mark.parametrize("said", [b"{}", b"no", answer(), answer([[1.0]]), answer([[1.0, 1.0]], [])])
def test_what_is_no_answer(said: bytes) -> None:
    with pytest.raises(ValueError, match="answer"):
        guard().remarks(shown(ONE), said)


@pytest.mark.parametrize("facts", [{"action": "mask"}, {"thresholds": {"birds": 0.5}}])
def test_settings_that_make_no_guard(facts: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="desk"):
        guard(**facts)


def test_thresholds_are_by_topic() -> None:
    made = guard(thresholds={"votes": 0.8, "off_topic": 0.5}, only=("claims",))
    assert made.remarks(shown(ONE), answer([[0.6, 0.7]])) == []
    assert [each.kind for each in made.remarks(shown(ONE), answer([[0.4, 0.7]]))] == ["OFF_TOPIC"]
