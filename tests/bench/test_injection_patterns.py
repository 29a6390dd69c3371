"""A pattern says a thing in many ways, and none is there twice."""

from bench import injection_drawn
from bench.injection_patterns import ATTACKS, HARMLESS


def test_no_pattern_is_there_twice() -> None:
    patterns = (*ATTACKS, *HARMLESS, *injection_drawn.ATTACKS[2:], *injection_drawn.HARMLESS[2:])
    assert len(set(patterns)) == len(patterns)
