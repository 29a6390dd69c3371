"""What is drawn is the same each time, of one kind, and says no part that is still a choice."""

import pytest

from bench.injection_drawn import drawn
from bench.injections import _PATTERNS, OWN

EACH = 20


@pytest.mark.parametrize(
    ("patterns", "slots"), [pytest.param(each[0], each[4], id=f"{each[2]}-{each[1]}") for each in _PATTERNS]
)
def test_texts_are_whole_and_drawn_once(patterns: tuple[str, ...], slots: dict[str, str]) -> None:
    texts = list(drawn(patterns, EACH, slots))
    assert texts == list(drawn(patterns, EACH, slots))
    assert len(set(texts)) == len(texts) > len(patterns) * EACH / 2
    assert not any(set(text) & set("{}|") for text in texts)


def test_no_text_is_an_attack_and_harmless() -> None:
    attacks, harmless = (
        {text.lower() for each in _PATTERNS if each[1] is truth for text in drawn(each[0], EACH, each[4])}
        for truth in (True, False)
    )
    attacks.update(text.lower() for each in OWN for text in each.ATTACKS)
    harmless.update(text.lower() for each in OWN for text in each.HARMLESS)
    assert not attacks & harmless
