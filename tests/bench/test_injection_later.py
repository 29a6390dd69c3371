"""What the later texts add is new, and of one kind each."""

from bench.injection_later import ATTACKS_IN_DATA, HARMLESS_DATA


def test_no_text_of_data_is_there_twice() -> None:
    texts = [text.lower() for text in (*ATTACKS_IN_DATA, *HARMLESS_DATA)]
    assert len(set(texts)) == len(texts)
