"""What must not differ is seen to differ, and what may differ is not minded."""

import pytest

from caching.semantic.traits import contradiction, difference, stem, swaps, traits

DIFFER = [
    ("What is 15% of 80?", "What is 50% of 80?", "numbers"),
    ("List three reasons", "List five reasons", "numbers"),
    ("Convert 10 km to miles", "Convert 10 miles to km", "units or dates"),
    ("How hot is 30 Celsius", "How hot is 30 Fahrenheit", "units or dates"),
    ("Is the shop open in March?", "Is the shop open in June?", "units or dates"),
    ("Can dogs eat grapes?", "Can't dogs eat grapes?", "negation"),
    ("Is it safe to swim?", "Is it not safe to swim?", "negation"),
    ("How do I buy shares", "How do I sell shares", "opposites"),
    ("Who founded Rome and when was it?", "Who founded Oslo and when was it?", "names"),
    ("Is Anna older than Bert?", "Is Bert older than Anna?", "order"),
    ("Is 3 < 4?", "Is 3 > 4?", "numbers"),
    ("what is 7 + 2", "what is 7 - 2", "numbers"),
    ("tell me about GPT-4", "tell me about GPT-5", "names"),
]


@pytest.mark.parametrize(("one", "other", "reason"), DIFFER)
def test_what_contradicts(one: str, other: str, reason: str) -> None:
    assert contradiction(traits(one), traits(other)) == reason
    assert contradiction(traits(other), traits(one)) == reason


SAME = [
    ("Where is the Louvre?", "where's the Louvre"),
    ("It doesn't work", "It does not work"),
    ("How does one boil an egg?", "How can I boil an egg?"),
    ("What colour is it?", "What color is it?"),
    ("Bonjour, quel est ce mot-là ?", "quel est ce mot-là"),
    ("How do I reset my password?", "how can I reset my password"),
    ("Please tell me what a monad is.", "What is a monad?"),
    ("What are prime numbers?", "what is a prime number"),
    ("What's the capital of France?", "What is the capital of France"),
    ("What is 1,000 metres in km", "What is 1000 meters in kilometers"),
    ("Who wrote Hamlet?", "who wrote hamlet"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_is_the_same_in_other_words(one: str, other: str) -> None:
    assert difference(traits(one), traits(other)) == ""


STRICTLY = [
    ("flights to Paris", "flights from Paris", "small words"),
    ("Who is Cinderella's father?", "Where is Cinderella's father?", "question"),
    ("what is the capital of france", "what is the capital of spain", "words"),
    ("do girls like shy boys", "do shy girls like boys", "words"),
    ("How do magnets work?", "How do electric magnets work?", "words"),
]


@pytest.mark.parametrize(("one", "other", "reason"), STRICTLY)
def test_what_only_the_strict_form_minds(one: str, other: str, reason: str) -> None:
    assert difference(traits(one), traits(other)) == reason


@pytest.mark.parametrize(
    "text",
    [
        "What is the weather like",
        "Who is the current president",
        "news of today",
        "Is the shop still open?",
        "What is the price of bitcoin?",
        "What happened this week?",
        "What happened in the past 24 hours?",
        "What is the score so far?",
        "What time is it in Tokyo?",
        "Who is the president at present?",
        "Wie spät ist es jetzt?",
        "¿Qué hora es ahora?",
    ],
)
def test_questions_of_the_moment_are_known(text: str) -> None:
    assert traits(text).momentary


def test_a_long_text_is_not_compared() -> None:
    long = "word " * 500
    assert contradiction(traits(long), traits(long + "more")) == "too long to compare"


@pytest.mark.parametrize(
    ("word", "found"),
    [("cities", "city"), ("boxes", "box"), ("glass", "glass"), ("cats", "cat"), ("gas", "gas")],
)
def test_stems(word: str, found: str) -> None:
    assert stem(word) == found


def test_swaps_are_the_words_of_one_side() -> None:
    mine, theirs = swaps(traits("red wine stains"), traits("red ink stains"))
    assert (mine, theirs) == ({"wine"}, {"ink"})
