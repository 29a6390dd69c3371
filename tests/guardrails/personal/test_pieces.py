"""A piece of something longer is no number by itself."""

import pytest

from guardrails.personal.pieces import is_among, is_parted, is_piece


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("1/4155550132", "4155550132", True),
        ("wa.me/4155550132", "4155550132", False),
        ("'%4155550132'", "4155550132", False),
        ("50%4155550132", "4155550132", True),
        ("phone1=4155550132", "4155550132", False),
        ("2e+06 4155550", "06 4155550", True),
        ("415-555-0132-B", "415-555-0132", True),
        ("415-555-0132/415-555-0133", "415-555-0132", False),
        ("4155550132/2", "4155550132", True),
        ("(4155550132)", "4155550132", False),
    ],
)
def test_what_is_a_piece(text: str, number: str, expected: bool) -> None:
    start = text.index(number)
    assert is_piece(text.encode(), start, start + len(number)) is expected


def test_groups_tell_how_a_number_is_written() -> None:
    assert is_parted(b"415-555-0132", 0, 12) and not is_parted(b"4155550132", 0, 10)
    assert is_among(b"9405 5112 0620 3312", 10) and not is_among(b"51112 5112 0620 3312", 11)
