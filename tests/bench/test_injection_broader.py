"""What the broader texts add is new, and of one kind each."""

from bench import injection_more, injection_texts, injection_wider
from bench.injection_broader import ATTACKS, HARMLESS


def test_no_text_is_there_twice() -> None:
    texts = [*ATTACKS, *HARMLESS]
    for other in (injection_texts, injection_more, injection_wider):
        texts += [*other.ATTACKS, *other.HARMLESS]
    assert len({text.lower() for text in texts}) == len(texts)
