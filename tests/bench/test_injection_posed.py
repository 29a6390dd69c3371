"""What these texts add is new, and of one kind each."""

from bench import injection_latest
from bench.injection_posed import ATTACKS, HARMLESS


def test_no_text_is_there_twice() -> None:
    texts = [text.lower() for text in (*ATTACKS, *HARMLESS)]
    known = {text.lower() for each in (injection_latest,) for text in (*each.ATTACKS, *each.HARMLESS)}
    assert len(set(texts)) == len(texts) and known.isdisjoint(texts)
