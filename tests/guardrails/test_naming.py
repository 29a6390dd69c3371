"""A word names what stands beside it, and nothing that stands beside another number."""

import pytest

from guardrails.naming import any_of, near

WORDS = any_of(["phone", "home phone", "téléphone"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("phone: 42", True),
        ("homePhone=42", True),
        ("home_phone 42", True),
        ("TÉLÉPHONE 42", True),
        ("phone_id 42", False),
        ("phoneme 42", False),
        (f"phone {'x' * 64} 42", False),
        ("42 is my phone", True),
        ("42 (phone), and 1234", True),
        ("42 and some more, phone 1234", False),
        ("42 phone: 1234", False),
        ("42 phone, 1234", True),
        (f"42 {'x' * 32} phone", False),
    ],
)
def test_what_is_named(text: str, expected: bool) -> None:
    start = text.encode().index(b"42")
    assert near(WORDS, text.encode(), start, start + 2) is expected
