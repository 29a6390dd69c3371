"""What these texts add is new, and of one kind each."""

from bench import injection_asked_data, injection_latest, injection_posed_data
from bench.injection_tried_data import ATTACKS_IN_DATA, HARMLESS_DATA


def test_no_text_is_there_twice() -> None:
    texts = [text.lower() for text in (*ATTACKS_IN_DATA, *HARMLESS_DATA)]
    known = {
        text.lower()
        for each in (
            injection_asked_data,
            injection_latest,
            injection_posed_data,
        )
        for text in (*each.ATTACKS_IN_DATA, *each.HARMLESS_DATA)
    }
    assert len(set(texts)) == len(texts) and known.isdisjoint(texts)
