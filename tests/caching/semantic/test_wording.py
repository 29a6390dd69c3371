"""By default every word counts; manners, articles, contractions and plurals do not."""

import pytest

from caching.semantic.wording import wording

SAME = [
    ("How do I boil an egg?", "how to boil egg"),
    ("Hi there! How could I boil an egg, please?", "How can I boil an egg"),
    ("Can you explain how magnets work?", "How do the magnets work"),
    ("Could you please tell me where the museum is?", "Where is the museum?"),
    ("How do I fix a 403 error?", "How can one fix 403 errors"),
    ("Translate dog into Spanish", "Please translate dog into Spanish."),
    ("Can you summarise the plot?", "Please summarise the plot."),
    ("Why is cd .. so fast?", "why is cd .. so fast ?"),
    ("Which is the best book on fishing?", "what are the best books on fishing"),
    ("What are some examples of it?", "What are the examples of it?"),
    ("Is it really a good thing?", "Is it a good thing"),
    ("WHO WON IN 1998?", "Who won in 1998? Thanks a lot!"),
    ("Give me three ideas", "give me 3 ideas"),
    ("1,000 meters in kilometers", "1000 metres in km"),
    ("what is the us tax rate", "What is the US tax rate?"),
    ("Why can't it be mended?", "Why can not it be mended"),
    ("What is a cafe\u0301?", "What is a caf\u00e9?"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_is_alike(one: str, other: str) -> None:
    assert wording(one).is_like(wording(other))
    assert wording(other).is_like(wording(one))


APART = [
    ("What is x?", "What is X?"),
    ("How do I look?", "How can I look?"),
    ("How do you find me?", "How do I find me?"),
    ("Which is the soup?", "What is the soup?"),
    ("What is exactly 5?", "What is 5?"),
    ("How can you help?", "How can I help?"),
    ("Write the list", "Write a list"),
    ("The shop is open on Sunday.", "The shop is open on Sunday?"),
    ("You did it", "You did it?!"),
    ("Recommend a book", "Recommend books"),
    ("Could he swim as a child?", "Can he swim as a child?"),
    ("What does cd .. do?", "What does cd . do?"),
    ("What is Python 3.10?", "What is Python 3.1?"),
    ("Is the answer a?", "Is the answer?"),
    ("Please", "Thanks"),
    ("What is s[1:]?", "What is s[:1]?"),
    ("Who was Henry I?", "Who was Henry?"),
    ("\u0926\u093f\u0928", "\u0926\u0940\u0928"),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_is_not(one: str, other: str) -> None:
    assert not wording(one).is_like(wording(other))


def test_a_long_text_takes_no_longer_than_it_is_long() -> None:
    assert len(wording("a-" * 2000 + "please ," * 300).words) > 100
