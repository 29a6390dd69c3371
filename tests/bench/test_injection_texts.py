"""Our own texts are each said once, and none on both sides."""

from bench.injection_texts import ATTACKS, HARMLESS


def test_no_text_is_said_twice() -> None:
    assert len({*ATTACKS, *HARMLESS}) == len(ATTACKS) + len(HARMLESS)
