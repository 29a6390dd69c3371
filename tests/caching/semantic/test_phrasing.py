"""Ways to ask for one thing are brought to one; what only begins like them is left as it is."""

import pytest

from caching.semantic.phrasing import plain

ONE = [
    ("Hello! What is the way to reset it, please?", "how to reset it"),
    ("What steps do I need to take to reset it", "how to reset it"),
    ("What do I have to do to qualify?", "how to qualify?"),
    ("What is meant by carpe diem?", "what does carpe diem mean?"),
    ("Tell me the capital of Peru", "what is the capital of Peru"),
    ("difference between UDP and TCP", "what is the difference between TCP and UDP"),
    ("Explain recursion.", "what is recursion."),
    ("Define osmosis", "what is the definition of osmosis"),
    ("Give me a summary of Emma", "summarize Emma"),
    ("Can you translate the menu for me?", "translate the menu?"),
    ("I want you to write a poem", "write a poem"),
    ("In what year did Rome fall?", "In what year did Rome fall?"),
    ("In which year did Rome fall?", "In what year did Rome fall?"),
    ("In Go, how do I sort a list?", "how to sort a list in Go?"),
    ("Where can I buy stamps?", "where do I buy stamps?"),
    ("Do I need to pay in order to vote?", "do I have to pay to vote?"),
    ("What exactly is a quark?", "What is a quark?"),
    ("Can you explain recursion to me?", "what is recursion?"),
    ("For how long is it valid?", "how long is it valid?"),
    ("How much time does it take?", "how long does it take?"),
    ("When is the best time to sow?", "what is the best time to sow?"),
    ("What are the causes of acne?", "what causes acne?"),
    ("What's Peru's capital?", "what is the capital of Peru?"),
    ("What should I do if it rains?", "what do I do if it rains?"),
    ("It broke, what should I do?", "It broke. What do I do?"),
    ("How much may I eat per day?", "How much may I eat a day?"),
    ("How can I turn the alarm off?", "how to turn off the alarm?"),
    ("In Go, what is the difference between x and a?", "what is the difference between a and x in Go?"),
]


@pytest.mark.parametrize(("said", "meant"), ONE)
def test_what_is_brought_to_one(said: str, meant: str) -> None:
    assert plain(said) == meant
    assert plain(meant) == meant


@pytest.mark.parametrize(
    "text",
    [
        "What is the way to Amarillo?",
        "What are the steps to the temple?",
        "What is exactly 5?",
        "Where can I live?",
        "Name a capital of Peru",
        "Which one is it?",
        "Which do you like?",
        "Explain yourself",
        "How can I sleep?",
        "What should I do now?",
        "How many mg per dose?",
        "What is the difference between b in Go and a?",
        "Explain gravity waves",
        "What is the meaning of this?",
        "List gifts for me",
        "I want to write a poem",
        "In 1990, who said he would resign in May?",
        "In Java, how do I name what Kotlin calls an object if I must?",
        "Please",
        "",
    ],
)
def test_what_is_left(text: str) -> None:
    assert plain(text) == text
