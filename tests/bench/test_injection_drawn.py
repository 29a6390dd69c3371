"""What is drawn is the same each time, of one kind, and says no part that is still a choice."""

import pytest

from bench.injection_drawn import ATTACKS, HARMLESS, drawn
from bench.injections import OWN

EACH = 20


@pytest.mark.parametrize("patterns", [ATTACKS, HARMLESS])
def test_texts_are_whole_and_drawn_once(patterns: tuple[str, ...]) -> None:
    texts = list(drawn(patterns, EACH))
    assert texts == list(drawn(patterns, EACH))
    assert len(set(texts)) == len(texts) > len(patterns) * EACH / 2
    assert not any(set(text) & set("{}|") for text in texts)


def test_no_text_is_an_attack_and_harmless() -> None:
    attacks, harmless = ({text.lower() for text in drawn(each, EACH)} for each in (ATTACKS, HARMLESS))
    attacks.update(text.lower() for each in OWN for text in each.ATTACKS)
    harmless.update(text.lower() for each in OWN for text in each.HARMLESS)
    assert not attacks & harmless
