"""A word right before a number says that it is no number for calling, and nobody's."""

import pytest

from guardrails.personal.otherwise import headed_otherwise, otherwise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("part ", True),
        ("Articles: 212-320-2507, 212-320-2508 and ", True),
        ("Rechnung Nr. ", True),
        ("Artículo: ", True),
        ("pedido nº ", True),
        ('"order_id": "', True),
        ("ticket #", True),
        ("to order ", False),
        ("a reference: ", True),
        ("depart ", False),
        ("part of it: call ", False),
        ("", False),
    ],
)
def test_what_is_said_to_be_something_else(text: str, expected: bool) -> None:
    raw = text.encode()
    assert otherwise(raw, len(raw)) is expected


def test_a_column_says_it_of_its_cells() -> None:
    assert headed_otherwise(b"part_no") and headed_otherwise(b"lot") and not headed_otherwise(b"phone")
