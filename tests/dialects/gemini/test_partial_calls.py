"""Arguments are put where their paths say, and texts among them grow."""

from typing import Any

import pytest

from dialects.errors import Malformed
from dialects.gemini.partial_calls import PartialCall, call_in, goes_on, is_piece


def put(*pieces: dict[str, Any]) -> dict[str, Any]:
    call = PartialCall(0, None)
    call.add({"partialArgs": list(pieces)}, "call")
    return call.args


@pytest.mark.parametrize(
    ("pieces", "args"),
    [
        ([{"jsonPath": "$.a", "stringValue": "x"}, {"jsonPath": "$.a", "stringValue": "y"}], {"a": "xy"}),
        (
            [{"jsonPath": "$.a", "numberValue": 1.5}, {"jsonPath": "$.b", "boolValue": False}],
            {"a": 1.5, "b": False},
        ),
        ([{"jsonPath": "$.a", "nullValue": "NULL_VALUE"}], {"a": None}),
        ([{"jsonPath": "$.a"}], {}),
        ([{"json_path": "$.a", "string_value": "x"}], {"a": "x"}),
        ([{"jsonPath": "$.a.b[1].c", "stringValue": "x"}], {"a": {"b": [None, {"c": "x"}]}}),
        ([{"jsonPath": "$['a.b'][\"c d\"]['e\\'f']", "stringValue": "x"}], {"a.b": {"c d": {"e'f": "x"}}}),
    ],
)
def test_values_are_put_at_their_places(pieces: list[dict[str, Any]], args: dict[str, Any]) -> None:
    assert put(*pieces) == args


@pytest.mark.parametrize("path", ["", "$", "a", "$..a", "$.a[*]", "$[0]", "$.a[999999]", "$" + ".a" * 65])
def test_what_is_no_place_is_told(path: str) -> None:
    with pytest.raises(Malformed, match="jsonPath"):
        put({"jsonPath": path, "stringValue": "x"})


def test_a_place_in_what_is_no_list_is_told() -> None:
    with pytest.raises(Malformed):
        put({"jsonPath": "$.a.b", "stringValue": "x"}, {"jsonPath": "$.a[0]", "stringValue": "x"})


def test_which_calls_come_in_pieces() -> None:
    assert not is_piece({"name": "f", "args": {}})
    assert is_piece({"name": "f", "willContinue": True}) and is_piece({}) and is_piece({"partialArgs": [{}]})
    assert goes_on({"willContinue": True}) and not goes_on({})
    assert call_in({"functionCall": {"will_continue": True}}) == {"willContinue": True}
    assert call_in({"functionCall": 1}) is call_in({}) is None
