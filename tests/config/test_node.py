"""What stands in a file, and what a word of it means."""

from decimal import Decimal

import pytest

from config.node import Node, scalar


def test_a_node_is_walked_in_the_order_of_the_file_and_found_by_its_steps() -> None:
    inner = Node(7, 2, 3)
    root = Node({"a": Node([inner, Node("x", 3, 3)], 1, 1), "b": Node(None, 4, 1)}, 1, 1)
    assert [node.value for node in root.walk() if not isinstance(node.value, dict | list)] == [7, "x", None]
    assert root.get("a", 0) is inner
    assert root.get("a", 2) is root.get("a", "x") is root.get("b", "c") is None
    assert root.to_plain() == {"a": [7, "x"], "b": None}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", None),
        ("~", None),
        ("true", True),
        ("False", False),
        ("7", 7),
        ("-7", -7),
        ("0.15", Decimal("0.15")),
    ]
    + [
        (text, text)
        for text in ["no", "on", "010", "0x1f", "1_000", "2024-10-21", "1e3", ".5", "12:30", "9" * 30]
    ],
)
def test_a_plain_word_means_what_it_looks_like(written: str, meant: object) -> None:
    value = scalar(written)
    assert value == meant and type(value) is type(meant)
