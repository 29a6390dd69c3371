"""However a text is cut, it is known how deep in JSON its next letter stands."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.nesting import PROSE, Nesting, escaped


def depth(text: str, cuts: list[int]) -> int:
    nesting, at = Nesting(), 0
    for end in [*sorted({min(cut, len(text)) for cut in cuts}), len(text)]:
        nesting.read(text[at:end])
        at = end
    return nesting.depth


@given(st.text(st.sampled_from('a"\\{\n'), max_size=8), st.integers(0, 4), st.lists(st.integers(0, 99)))
def test_as_deep_as_it_was_put(before: str, deep: int, cuts: list[int]) -> None:
    text = "X"
    for _ in range(deep):
        text = json.dumps({"a": f"({before}", "b": "C:\\", "text": text})
    assert depth(text[: text.index("X")], cuts) == deep


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        ('he said "', 0),
        ('"', 0),
        (' \n{"a": "', 1),
        ('["a", ', 0),
        ('{"a": "he said \\"', 1),
        ('{"a": "{\\"b\\": \\"', 2),
        ('{"a": "{\\"b\\": \\"x\\\\\\"', 2),
        ('{"a": "{\\"b\\": \\"c\\"}", "d": "', 1),
    ],
)
def test_a_string_is_json_that_begins_with_a_bracket(text: str, deep: int) -> None:
    assert {depth(text, [cut]) for cut in range(len(text) + 1)} == {deep}


def test_a_value_is_escaped_so_often() -> None:
    assert [escaped('"', depth) for depth in range(3)] == ['"', '\\"', '\\\\\\"']
    assert escaped("é <x>", 3) == "é <x>"


def test_prose_stays_prose() -> None:
    PROSE.read('{"a": "')
    assert PROSE.depth == 0
