"""A text's features are the same everywhere, few, and cost what they may."""

import random
import re
import subprocess
import sys
from math import log1p
from pathlib import Path
from zlib import crc32

from hypothesis import given
from hypothesis import strategies as st

from routing.difficulty.features import BITS, HEAD, TAIL, Shape, features

PAGES = sorted((Path(__file__).parents[3] / "docs").glob("*.md"))
# What features are made of, close together: words, signs, ends of sentences and lines, code, other scripts.
BITS_OF_TEXT = st.sampled_from(
    [
        *"ab aZ19+*/=^<>\\{}$%.?!-_;(`\n\x00\x85\u2028éжß",
        "def ",
        "return",
        "()",
        "```",
        ";\n",
        "\n- ",
        "\n1",
        "? ",
    ]
)
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


def plainly(text: str) -> tuple[set[int], dict[int, float]]:
    """Words, and those figures that are counted, as trained models know them: one rule after the other."""
    if len(text) > HEAD + TAIL:
        text = text[:HEAD] + " " + text[-TAIL:]
    lowered = text.lower().encode("utf-8", "replace")
    words = re.findall(rb"[a-z]+|[0-9]+|[\x80-\xff]+|[+*/=^<>\\{}$%]", lowered)
    single = [crc32(word) for word in words]
    pairs = [crc32(word, before) for before, word in zip(single, words[1:], strict=False)]
    numbers = [len(word) for word in words if word.isdigit()]
    code = (b"def ", b"class ", b"import ", b"return", b"function", b"select ", b"```", b"()", b"{", b";\n")
    sentences = sum(lowered.count(end) for end in (b". ", b"? ", b"! "))
    counted = {
        1: log1p(len(words)) / 7,
        3: log1p(len(numbers)) / 3,
        4: min(max(numbers, default=0), 8) / 8,
        5: min(sum(numbers) / max(len(lowered), 1) * 8, 1.0),
        6: log1p(sum(lowered.count(sign.encode()) for sign in "+*/=^<>\\")) / 4,
        7: log1p(sum(map(lowered.count, code))) / 3,
        8: log1p(sum(lowered.count(b"\n" + each.encode()) for each in (*"abcd12", "- "))) / 2,
        15: log1p(sentences) / 3,
        16: len(words) / (sentences + 1) / 40,
        17: log1p(lowered.count(b"?")) / 2,
        18: log1p(lowered.count(b"\n")) / 4,
        20: len(set(words)) / max(len(words), 1),
    }
    return {each & (1 << BITS) - 1 for each in (*single, *pairs)}, counted


def same(text: str) -> bool:
    seen, (words, counted) = features(text), plainly(text)
    return set(seen.words) == words and {place: seen.figures[place] for place in counted} == counted


@given(st.lists(BITS_OF_TEXT, max_size=200).map("".join) | st.text(max_size=300))
def test_the_quick_way_sees_what_the_plain_one_does(text: str) -> None:
    assert same(text)


def test_so_it_does_in_real_texts() -> None:
    draw = random.Random(7)
    for page in PAGES:
        text = page.read_text()
        assert same(text)
        assert all(same(text[place : place + 2048]) for place in draw.sample(range(len(text)), 5))
