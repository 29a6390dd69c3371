"""The checker that holds answers against the document finds what it is there to find."""

import pytest

from tests.gateway.admin.json_schema import faults

DOCUMENT = {"components": {"schemas": {"Name": {"type": "string", "minLength": 1}}}}
THING = {
    "type": "object",
    "properties": {
        "name": {"$ref": "#/components/schemas/Name"},
        "kind": {"const": "thing", "type": "string"},
        "count": {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "null"}]},
        "tags": {"type": "object", "additionalProperties": {"type": "string"}},
        "list": {"type": "array", "items": {"enum": ["a", "b"]}},
    },
    "required": ["name"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("value", "count"),
    [
        pytest.param(
            {"name": "n", "kind": "thing", "count": None, "tags": {"a": "b"}, "list": ["a"]}, 0, id="right"
        ),
        pytest.param({}, 1, id="missing"),
        pytest.param({"name": ""}, 1, id="too short"),
        pytest.param({"name": 1}, 1, id="another type"),
        pytest.param({"name": "n", "kind": "other"}, 1, id="const"),
        pytest.param({"name": "n", "count": -1}, 1, id="below the minimum"),
        pytest.param({"name": "n", "count": True}, 1, id="a boolean is no integer"),
        pytest.param({"name": "n", "tags": {"a": 1}}, 1, id="member of an open object"),
        pytest.param({"name": "n", "list": ["a", "c"]}, 1, id="item"),
        pytest.param({"name": "n", "more": 1}, 1, id="unknown member"),
        pytest.param([], 1, id="not an object"),
    ],
)
def test_what_does_not_fit_is_found(value, count) -> None:
    assert len(faults(value, THING, DOCUMENT)) == count


def test_a_keyword_that_is_not_checked_is_a_fault() -> None:
    assert faults("x", {"pattern": "y"}, DOCUMENT) == ["$: the checker does not know pattern"]
