"""Values made from schemas."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.schema import DEPTH, instance

KEYWORDS = (
    "type enum const default properties required items prefixItems minItems maxItems minLength maxLength "
    "format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf anyOf oneOf allOf $ref"
).split()
NODE = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {"next": {"$ref": "#/$defs/node"}, "value": {"type": "integer"}},
            "required": ["value"],
        }
    },
    "$ref": "#/$defs/node",
}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        pytest.param({"type": "boolean"}, True, id="boolean"),
        pytest.param({"type": "null"}, None, id="null"),
        pytest.param({"enum": ["b", "a"]}, "b", id="the first of an enum"),
        pytest.param({"const": 4}, 4, id="constant"),
        pytest.param({"type": "integer", "default": 8}, 8, id="default"),
        pytest.param({"type": ["null", "integer"], "minimum": 3}, 3, id="nullable integer"),
        pytest.param({"type": "integer", "exclusiveMinimum": 3, "multipleOf": 5}, 5, id="multiple above"),
        pytest.param({"type": "integer", "maximum": -2}, -2, id="at most"),
        pytest.param({"type": "number", "minimum": 1, "maximum": 2}, 1.5, id="number between"),
        pytest.param({"type": "string", "maxLength": 2}, "to", id="short string"),
        pytest.param({"type": "string", "minLength": 7}, "topic..", id="long string"),
        pytest.param({"type": "string", "format": "date"}, "2025-01-31", id="date"),
        pytest.param({"type": "array", "items": {"type": "boolean"}, "minItems": 2}, [True, True], id="list"),
        pytest.param({"type": "array", "items": {}, "maxItems": 0}, [], id="empty list"),
        pytest.param({"prefixItems": [{"const": 1}], "items": {}, "type": "array"}, [1], id="tuple"),
        pytest.param({"anyOf": [{"const": 1}, {"const": 2}]}, 1, id="the first alternative"),
        pytest.param(
            {"allOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 2}}}]},
            {"a": 1, "b": 2},
            id="united",
        ),
        pytest.param({"type": "object", "required": ["x"]}, {"x": "topic"}, id="required and not described"),
        pytest.param(
            {
                "properties": {
                    "query": {"type": "string"},
                    "city": {"type": "string"},
                    "x": {"type": "string"},
                }
            },
            {"query": "topic", "city": "Paris", "x": "x"},
            id="strings by their names",
        ),
        pytest.param("nonsense", "topic", id="no schema"),
    ],
)
def test_a_value_satisfies_its_schema(schema: Any, value: Any) -> None:
    assert instance(schema, "topic") == value


def test_a_schema_that_refers_to_itself_ends() -> None:
    node, depth = instance(NODE, "topic"), 0
    while node is not None:
        assert node["value"] == 1
        node, depth = node.get("next"), depth + 1
    assert 1 < depth <= DEPTH


SCHEMAS: st.SearchStrategy[Any] = st.recursive(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["string", "integer", "number", "boolean", "null", "what"])},
        optional={
            "minLength": st.integers(0, 9),
            "minimum": st.integers(-9, 9),
            "enum": st.lists(st.integers()),
        },
    )
    | st.fixed_dictionaries({"$ref": st.sampled_from(["#", "#/properties/a", "elsewhere", "#/a~1b"])}),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(st.text(max_size=3), inner, max_size=3),
            "required": st.lists(st.text(max_size=3), max_size=2),
            "items": inner,
            "minItems": st.integers(0, 100),
            "anyOf": st.lists(inner, max_size=2),
            "allOf": st.lists(inner, max_size=2),
        },
    ),
    max_leaves=8,
)


@given(SCHEMAS)
def test_any_schema_gets_the_same_value_each_time(schema: Any) -> None:
    assert instance(schema, "topic") == instance(schema, "topic")


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYWORDS), inner, max_size=4),
    max_leaves=10,
)


@given(JSON)
def test_whatever_is_called_a_schema_gets_json_or_a_refusal(schema: Any) -> None:
    try:
        made = instance(schema, "topic")
    except Refused as refused:
        assert refused.status == 400
    else:
        assert msgspec.json.encode(made)
