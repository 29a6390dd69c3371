"""What the fresh texts add is new, and of one kind each."""

from bench.injection_fresh import ATTACKS, HARMLESS
from bench.injections import OWN


def test_no_text_is_there_twice() -> None:
    texts = [text.lower() for each in OWN for text in (*each.ATTACKS, *each.HARMLESS)]
    assert len(set(texts)) == len(texts) > len(ATTACKS) + len(HARMLESS)
