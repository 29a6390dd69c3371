"""A word right before a number says that it is no number for calling, and nobody's."""

import pytest

from guardrails.personal.otherwise import headed_otherwise, is_counted, otherwise


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


def test_what_machines_count_has_a_name_of_its_own_right_before_it() -> None:
    counted = [b"seq=", b'"hash": "', b"_TIMESTAMP=", b"CallState{id=", b"total: ", b"callId="]
    assert all(is_counted(text, len(text)) for text in counted)
    assert not any(is_counted(text, len(text)) for text in (b"phone=", b"value: ", b"id ", b"paid=", b""))
