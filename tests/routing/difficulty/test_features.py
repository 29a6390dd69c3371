"""A text's features are the same everywhere, few, and cost what they may."""

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from routing.difficulty.features import BITS, HEAD, TAIL, Shape, features

KNOWN = "What is 12 * 3? Answer: A. 36\nB. 15"


@given(st.text(max_size=300), st.builds(Shape, st.integers(0, 99), st.integers(0, 99), st.booleans()))
def test_any_text_has_slots_of_the_table_and_figures_of_a_moderate_size(text: str, shape: Shape) -> None:
    seen = features(text, shape)
    assert len(set(seen.words)) == len(seen.words)
    assert all(0 <= slot < 1 << BITS for slot in seen.words)
    assert len(seen.figures) == len(features("").figures)
    assert all(-1 <= figure <= 120 for figure in seen.figures)


def test_another_process_sees_the_same() -> None:
    code = f"from routing.difficulty.features import features; print(sorted(features({KNOWN!r}).words))"
    told = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True).stdout
    assert told.strip() == str(sorted(features(KNOWN).words))


def test_pairs_of_words_are_told_from_their_turn() -> None:
    assert set(features("dog bites man").words) != set(features("man bites dog").words)
    assert len(features("dog bites man").words) == 5


def test_of_a_long_text_the_beginning_and_the_end_are_read() -> None:
    head, tail = "begin " * 300, " finish" * 80
    assert features(head[:HEAD] + "middle " * 5000 + tail) == features(
        head[:HEAD] + "other stuff " * 9000 + tail[-TAIL:]
    )
    assert len(features("x y z " * 100_000).words) < 20


def test_case_makes_no_difference_and_accents_do() -> None:
    assert set(features("WHY").words) == set(features("why").words)
    assert set(features("schön").words) != set(features("schon").words)
    assert features("\ud800 lone surrogate").words


def test_the_shape_of_a_conversation_is_part_of_it() -> None:
    assert features("x", Shape(turns=9)).figures != features("x").figures
    assert features("x", Shape(tools=3)).figures != features("x").figures
