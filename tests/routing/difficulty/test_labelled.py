"""Lines become examples, and a line that cannot says which it is and what it has."""

import json

import pytest

from routing.difficulty.labelled import BadLine, Columns, read_lines

LINE = {
    "prompt": "Why?",
    "strong": True,
    "weak": 0.4,
    "weak_answer": "Because.",
    "scores": {"big": 1, "a.b": 0},
}


def lines(**changed: object) -> list[str]:
    return [json.dumps({**LINE, **changed}), ""]


def test_a_line_is_an_example() -> None:
    (row,) = read_lines(lines(), Columns())
    assert (row.example.strong, row.example.weak, row.answer) == (True, False, None)
    (row,) = read_lines([line.encode() for line in lines()], Columns(), answers=True)
    assert row.answer is not None


def test_a_column_may_lead_into_an_object() -> None:
    (row,) = read_lines(lines(), Columns(weak="scores.big"))
    assert row.example.weak is True
    with pytest.raises(BadLine):
        read_lines(lines(), Columns(weak="scores.small"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1 is no JSON"),
        ("[]", "line 1 has no text 'prompt'; it is no object"),
        ('{"prompt": "x"}', "line 1 has no 'strong' that is true, false or a number; there are: prompt"),
        ('{"prompt": "x", "strong": "yes", "weak": 1}', "line 1 has no 'strong'"),
    ],
)
def test_a_line_that_is_none_is_named(line: str, said: str) -> None:
    with pytest.raises(BadLine, match=said):
        read_lines([line], Columns())
