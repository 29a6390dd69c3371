"""Each phrase is re2's, and no text makes the rules slow."""

import time

import pytest

from guardrails.injections.phrases import KINDS, RULES, STRICT
from guardrails.rules import Rules


@pytest.mark.parametrize("rules", [RULES, STRICT], ids=["of any text", "of data"])
def test_the_rules_can_be_read_and_have_their_kinds(rules: tuple[object, ...]) -> None:
    assert Rules(rules).kinds <= KINDS  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "unit", ["ignore ", "ignore all the ", "repeat the ", "forget a, b ", "you no ", "<|im_", "a"]
)
def test_a_text_made_to_be_slow_is_not(unit: str) -> None:
    text = (unit * 20_000).encode()[:100_000]
    rules = Rules(STRICT)
    rules.scan(text)
    began = time.process_time()
    rules.scan(text)
    assert time.process_time() - began < 0.5
