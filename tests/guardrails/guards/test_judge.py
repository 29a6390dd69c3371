"""A yes is a finding, a no is none, and anything else is no answer."""

import json

import pytest

from config.catalog import GuardFacts
from guardrails.distant import Remark, Shown
from guardrails.guards.judge import GUARD

SHOWN = Shown("input", ("be brief", "what should I take?", ""), ("system", "user", "user"))
FACTS = GuardFacts("doctor", "judge", model="m", question="Does anybody ask for medical advice?")


def answer(text: object) -> bytes:
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


FOUND = [Remark("JUDGED", 1, 0, 19)]


@pytest.mark.parametrize(
    ("said", "found"),
    [("yes", FOUND), ("Yes.", FOUND), ("**YES**, it does", FOUND), ("no", []), ("No, nobody does.", [])],
)
def test_a_verdict(said: str, found: list[Remark]) -> None:
    assert GUARD.build(FACTS).remarks(SHOWN, answer(said)) == found


@pytest.mark.parametrize(
    "said",
    [answer("maybe"), answer(""), answer(None), answer("not at all"), b"{}", b'{"choices":[]}'],
)  # fmt: skip
def test_what_is_no_answer(said: bytes) -> None:
    with pytest.raises(ValueError, match="answer"):
        GUARD.build(FACTS).remarks(SHOWN, said)


def test_the_texts_are_data_and_the_question_is_the_operators() -> None:
    asked = json.loads(GUARD.build(FACTS).question(SHOWN))
    system, user = asked["messages"]
    assert "medical advice?" in system["content"] and "what should I take?" not in system["content"]
    assert json.loads(user["content"])[1] == {"role": "user", "text": "what should I take?"}


@pytest.mark.parametrize(
    "facts",
    [{}, {"question": "?", "types": ("a", "b")}, {"question": "?", "action": "redact"}],
)
def test_settings_that_make_no_guard(facts: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="doctor"):
        GUARD.build(GuardFacts("doctor", "judge", model="m", **facts))  # type: ignore[arg-type]
