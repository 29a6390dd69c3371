"""Attacks in other languages are in many of them."""

from bench.injection_abroad import ATTACKS, SLOTS
from bench.injection_drawn import drawn


def test_they_are_in_languages_of_seven_scripts() -> None:
    said = "".join(drawn(ATTACKS, 2, SLOTS))
    assert all(letter in said for letter in "aяاक的の는")
