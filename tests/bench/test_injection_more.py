"""The texts are each of one kind, and none is there twice."""

from bench.injection_more import ATTACKS, HARMLESS
from bench.injection_texts import ATTACKS as OTHER_ATTACKS
from bench.injection_texts import HARMLESS as OTHER_HARMLESS


def test_no_text_is_there_twice() -> None:
    texts = [*ATTACKS, *HARMLESS, *OTHER_ATTACKS, *OTHER_HARMLESS]
    assert len({text.lower() for text in texts}) == len(texts)
