"""Greetings, forms of request and thanks go; whatever may be part of the question stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caching.semantic import manners
from caching.semantic.manners import without_manners, without_opening


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Hi there! Could you please write me a poem?", "write a poem?"),
        ("Can you explain the Krebs cycle to me?", "explain the Krebs cycle "),
        ("Give me 3 rivers, please.", "Give 3 rivers"),
        ("How do I do it pls?", "How do I do it"),
        ("ok so how do I do it? Please help.", "how do I do it?"),
        ("Hey, I was wondering how it works. Many thanks!", "how it works"),
        ("Could anyone tell me how it works?", "how it works?"),
        ("hi can you tell me how it works", "how it works"),
        ("Bonjour, comment \u00e7a marche ? Merci", "comment \u00e7a marche ?"),
        ("Hallo, bitte hilf mir", "hilf mir"),
        ("S'il vous pla\u00eet, aidez-nous", "aidez-nous"),
        ("Abre la puerta, por favor", "Abre la puerta"),
    ],
)
def test_what_is_left(text: str, rest: str) -> None:
    assert without_manners(text) == rest


@pytest.mark.parametrize(
    "text",
    [
        "Would you tell a lie?",
        "Can you give blood?",
        "Explain all that he once said to me",
        "Does it say yes, please?",
        "Whom does he want to please?",
        "Does he give me a reason",
        "Please Don't Go chords",
        "please release me lyrics",
        "Hello, World in C",
        "So what if it rains?",
        "Who sang Please Please Please?",
    ],
)
def test_what_stays(text: str) -> None:
    assert without_manners(text) == text


def test_a_text_that_is_nothing_but_manners_stays_something() -> None:
    assert without_opening("please please please please please hello") == "please hello"


@given(st.from_regex(manners._CLOSING))
def test_no_thanks_are_passed_over(text: str) -> None:
    assert manners._MAY_CLOSE.search(text[-manners._LONGEST_CLOSING :]) or len(text) > 80
