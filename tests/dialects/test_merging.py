"""What pieces make together, whatever is in them."""

from typing import Any

import pytest

from dialects.merging import add, mended, objects

CASES: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("a text that grows", {"text": "a"}, {"text": "b"}, {"text": "ab"}),
    ("a text that is said anew", {"id": "a"}, {"id": "b"}, {"id": "b"}),
    ("null replaces nothing", {"id": "a"}, {"id": None, "x": None}, {"id": "a", "x": None}),
    (
        "an object in an object",
        {"a": {"text": "a"}},
        {"a": {"text": "b", "x": 1}},
        {"a": {"text": "ab", "x": 1}},
    ),
    ("an object in place of null", {"a": None}, {"a": {"x": 1}}, {"a": {"x": 1}}),
    ("a list that goes on", {"a": [1]}, {"a": [2, {"x": 1}]}, {"a": [1, 2, {"x": 1}]}),
    (
        "what has a number",
        {"a": [{"index": 0, "text": "a"}, {"index": 1}]},
        {"a": [{"index": 0, "text": "b"}, {"index": 2}]},
        {"a": [{"index": 0, "text": "ab"}, {"index": 1}, {"index": 2}]},
    ),
    (
        "what has a number and is of another type",
        {"a": [{"index": 0, "type": "x", "text": "a"}]},
        {"a": [{"index": 0, "type": "y", "text": "b"}]},
        {"a": [{"index": 0, "type": "x", "text": "a"}, {"index": 0, "type": "y", "text": "b"}]},
    ),
]


@pytest.mark.parametrize(
    ("whole", "piece", "expected"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_pieces_are_put_together(whole: Any, piece: Any, expected: Any) -> None:
    add(whole, piece, ["text"])
    assert whole == expected


def test_a_piece_stays_as_it_is() -> None:
    piece = {"a": {"b": [{"index": 0, "text": "x"}]}}
    whole: dict[str, Any] = {}
    add(whole, piece, ["text"])
    add(whole, piece, ["text"])
    assert (whole["a"]["b"][0]["text"], piece["a"]["b"][0]["text"]) == ("xx", "x")


def test_halves_of_characters_become_whole() -> None:
    assert mended({"a": ["\ud83d\ude00", 1, {"b": "\ud83d"}]}) == {"a": ["\U0001f600", 1, {"b": "\ufffd"}]}


def test_events_without_an_object_are_passed_over() -> None:
    assert list(objects([b": wait\n\n", b'data: {"a":1}\n\n', b"data: [DONE]\n\n"])) == [{"a": 1}]
