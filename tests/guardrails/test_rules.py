"""What patterns propose counts when a judge and a threshold agree, and no text is passed over unread."""

import random
import re
import string

import pytest

from guardrails.guards import pii
from guardrails.rules import LIKELY, WEAK, Judged, Rule, Rules, loose, strongest


def weak(text: bytes, start: int, end: int) -> Judged | None:
    return Judged(start, end, WEAK)


CODE = Rule("CODE", (r"\b[0-9]{4}\b",), weak, ("pin", "code", "door code", "код"))


def kinds(rules: Rules, text: str) -> list[tuple[int, int]]:
    return [(each.start, each.end) for each in rules.scan(text.encode())]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("in 1999 it rained", []),
        ("the pin is 1999", [(11, 15)]),
        ("1999 is my code", [(0, 4)]),
        ("shopping 1999", []),
        ("1999", [(0, 4)]),
        ("pin" + " " * 80 + "1999 it is", []),
        ("homePin: 1999 x", [(9, 13)]),
        ("pinNumber: 1999 x", [(11, 15)]),
        ("PIN1=1999 x", [(5, 9)]),
        ("iPin 1999 x", []),
        ("pin_id: 1999 x", []),
        ("pinId: 1999 x", []),
        ("pin_count: 1999 x", []),
        ("zipCode 1999 x", [(8, 12)]),
        ("my_door_code: 1999 x", [(14, 18)]),
        ("DOORCODE: 1999 x", [(10, 14)]),
        ("КОД 1999 x", [(7, 11)]),
    ],
)
def test_a_weak_form_needs_a_word_nearby(text: str, found: list[tuple[int, int]]) -> None:
    assert kinds(Rules([CODE]), text) == found


def test_a_threshold_lets_weak_forms_in_and_keeps_likely_ones_out() -> None:
    assert kinds(Rules([CODE], {"CODE": 0.3}), "in 1999 it rained") == [(3, 7)]
    assert kinds(Rules([CODE], {"CODE": 0.9}), "pin 1999") == []


def test_what_a_judge_refuses_does_not_hide_what_follows() -> None:
    rule = Rule(
        "B",
        ("[a-z]+",),
        lambda text, start, end: None if text[start:end] == b"no" else Judged(start, end, 1.0),
    )
    assert kinds(Rules([rule]), "no yes") == [(3, 6)]


def test_where_two_overlap_priority_decides_and_the_rest_counts_still() -> None:
    low, high = Rule("LOW", ("a.c",)), Rule("HIGH", ("bc",), priority=5)
    assert [each.rule.kind for each in strongest(Rules([low, high]).scan(b"abc"), b"abc")] == ["LOW", "HIGH"]
    assert LIKELY > WEAK


@pytest.mark.parametrize(("text", "left"), [("+12 34", []), ("123 34", ["123", "34"])])
def test_less_than_three_digits_that_are_left_of_a_number_are_none(text: str, left: list[str]) -> None:
    low, high = Rule("LOW", (r"[+0-9 ]+",), again=True), Rule("HIGH", ("34",), priority=5)
    found = strongest(Rules([low, high]).scan(text.encode()), text.encode())
    assert [text[each.start : each.end] for each in found] == (left or ["34"])


def test_what_no_candidate_begins_in_is_stepped_over_at_once() -> None:
    asked: list[int] = []

    def number(text: bytes, start: int, end: int) -> Judged | None:
        asked.append(start)
        return Judged(start, end, 1.0)

    rule = Rule("NUMBER", (r"\b[0-9]+",), number, over=re.compile(rb"(?:[0-9]{2} )+"))
    assert kinds(Rules([rule]), "12 34 567") == [(6, 9)]
    assert asked == [6]


def test_what_a_weightier_rule_took_whole_is_not_judged_again() -> None:
    asked: list[tuple[int, int]] = []

    def low(text: bytes, start: int, end: int) -> Judged | None:
        asked.append((start, end))
        return None

    rules = Rules([Rule("LOW", ("[0-9]+",), low, again=True), Rule("HIGH", ("no [0-9]+",), priority=5)])
    assert kinds(rules, "no 123, 45") == [(0, 6)]
    assert asked == [(8, 10), (9, 10)]


def test_rules_that_outgrow_their_memory_are_not_taken_for_a_clean_text() -> None:
    class Broken:
        def Match(self, text: bytes) -> None:
            return None

    rules = Rules([CODE])
    rules._set = Broken()
    with pytest.raises(MemoryError):
        rules.scan(b"anything")


@pytest.mark.parametrize(
    ("pattern", "loosened"),
    [
        ("a{2}b{0,63}c{7,}d{3,10}e{32}", "a{2}b{0,}c{7,}d{3,10}e{10,}"),
        (r"[{50}]{90}\{50}[^]{50}]{1,20}", r"[{50}]{10,}\{50}[^]{50}]{1,}"),
        (r"\x{100}{30}", r"\x{100}{10,}"),
        (r"(?:a|b)?c*d+", r"(?:a|b)?c*d+"),
        (r"\Qa{50}\E", r"\Qa{50}\E"),
    ],
)
def test_a_form_is_looked_for_without_counting_far(pattern: str, loosened: str) -> None:
    assert loose(pattern) == loosened


LETTERS = string.ascii_letters + string.digits + "-_=:@. /"


@pytest.mark.parametrize("letters", [LETTERS, string.digits + " -."])
def test_a_text_at_random_does_not_outgrow_the_automaton(letters: str) -> None:
    drawn = random.Random(7)
    rules = Rules([each for found in pii.TYPES.values() for each in found])
    for _ in range(3):
        rules.scan("".join(drawn.choices(letters, k=20_000)).encode())  # raises MemoryError where it does


ITEM = Rule("ITEM", (r"\b[0-9]{3,10}\b",), weak, ("item",))


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("123", [(0, 3)]),
        ("123 456", [(0, 3), (4, 7)]),
        ("123, 456;\n789", [(0, 3), (5, 8), (10, 13)]),
        ("all of:\n123\t456\nand 789 012", [(8, 11), (12, 15)]),
        ("$ wc -c x\n456", []),
        ("root@host:~# wc -c x\n456", []),
        ("# Ann\n456", [(6, 9)]),
        ("a price of $ 5\n456", [(15, 18)]),
        ("  123\nand so on\n  456", []),
        ("  123\n  456", [(2, 5), (8, 11)]),
        ("123 or 456", []),
        ("123, 456 and more", []),
        ("1400000000 1400000001", []),
        ("123 1400000000", []),
    ],
)
def test_a_list_of_weak_ones_is_as_good_as_one_alone(text: str, places: list[tuple[int, int]]) -> None:
    assert sorted(kinds(Rules([ITEM]), text)) == places
