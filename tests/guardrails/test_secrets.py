"""How random a text is, in bits for each character."""

import pytest

from guardrails.secrets import entropy, rules


@pytest.mark.parametrize(("text", "bits"), [(b"aaaa", 0.0), (b"abab", 1.0), (b"abcd", 2.0)])
def test_entropy(text: bytes, bits: float) -> None:
    assert entropy(text) == pytest.approx(bits)


def test_every_form_is_of_one_type() -> None:
    assert {rule.kind for rule in rules()} == {"SECRET"}
