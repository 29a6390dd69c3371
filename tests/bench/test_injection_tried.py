"""What these texts add is new, and of one kind each."""

from bench import injection_asked, injection_latest, injection_posed
from bench.injection_tried import ATTACKS, HARMLESS


def test_no_text_is_there_twice() -> None:
    texts = [text.lower() for text in (*ATTACKS, *HARMLESS)]
    known = {
        text.lower()
        for each in (
            injection_asked,
            injection_latest,
            injection_posed,
        )
        for text in (*each.ATTACKS, *each.HARMLESS)
    }
    assert len(set(texts)) == len(texts) and known.isdisjoint(texts)
