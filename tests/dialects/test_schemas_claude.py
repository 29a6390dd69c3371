"""Schemas for Claude are closed, have no word that is refused, and say in words what was left out."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.schemas_claude import for_claude, of_tool, rooted

ODD: list[Any] = [None, 7, "x", True, [], {}, [7], {"a": 7}, [{}], ["a", {}]]
OPEN = {"type": "object", "properties": {"a": {"type": "object", "properties": {}}}}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, {"type": "string"}),
        ({"type": "object"}, {"type": "object", "additionalProperties": False}),
        (
            {"type": "object", "additionalProperties": True},
            {"type": "object", "additionalProperties": False},
        ),
        (
            {"type": ["object", "null"], "properties": {"type": {"enum": ["object"]}}},
            {
                "type": ["object", "null"],
                "properties": {"type": {"enum": ["object"]}},
                "additionalProperties": False,
            },
        ),
        (
            {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]},
            {
                "anyOf": [
                    {"type": "object", "additionalProperties": False},
                    {"type": "array", "items": {"type": "object", "additionalProperties": False}},
                ]
            },
        ),
        (
            {"$defs": {"d": {"type": "object"}}, "$ref": "#/$defs/d"},
            {"$defs": {"d": {"type": "object", "additionalProperties": False}}, "$ref": "#/$defs/d"},
        ),
    ],
)
def test_every_object_of_a_schema_is_closed(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    assert for_claude(schema) == expected
    assert for_claude(expected) == expected


def test_a_schema_deeper_than_any_vendor_takes_is_no_exception() -> None:
    deep: dict[str, Any] = {"type": "object"}
    for _ in range(5000):
        deep = {"type": "object", "items": deep}
    assert for_claude(deep)["additionalProperties"] is False


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer", "minimum": 0, "multipleOf": 2}, {"minimum": 0, "multipleOf": 2}),
        ({"type": "string", "minLength": 1, "maxLength": 5}, {"minLength": 1, "maxLength": 5}),
        (
            {"type": "string", "pattern": "^(?=a)", "format": "color"},
            {"pattern": "^(?=a)", "format": "color"},
        ),
        (
            {"type": "array", "minItems": 2, "maxItems": 3, "uniqueItems": True},
            {"minItems": 2, "maxItems": 3, "uniqueItems": True},
        ),
        ({"type": "array", "items": [{"type": "string"}]}, {"prefixItems": [{"type": "string"}]}),
        ({"type": "string", "not": {"enum": ["x"]}}, {"not": {"enum": ["x"]}}),
        ({"enum": [{"a": 1}]}, {"enum": [{"a": 1}]}),
    ],
)
def test_what_is_refused_is_told_in_words(schema: dict[str, Any], words: dict[str, Any]) -> None:
    told = for_claude({**schema, "description": "a size"})
    assert (
        told.pop("description") == f"a size\nAlso valid against {json.dumps(words, separators=(',', ':'))}."
    )
    assert told == ({"type": schema["type"]} if "type" in schema else {})
    assert for_claude(schema)["description"].startswith("Also valid")


@pytest.mark.parametrize(
    "kept",
    [
        {"type": "string", "pattern": "^a+$", "format": "date-time"},
        {"type": "array", "minItems": 1, "items": {"type": "number"}},
        {"type": ["string", "null"], "default": None, "title": "T", "description": "d"},
        {"anyOf": [{"const": 1}, {"enum": ["a", 2, None]}]},
    ],
)
def test_what_is_taken_stays(kept: dict[str, Any]) -> None:
    assert for_claude(kept) == kept


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"oneOf": [{"type": "string"}]}, {"anyOf": [{"type": "string"}]}),
        ({"allOf": [{"type": "string"}, {"enum": ["a"]}]}, {"type": "string", "enum": ["a"]}),
        (
            {"type": "string", "nullable": True, "enum": ["a"]},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        ({"$schema": "x", "$id": "y", "examples": [1], "type": "string"}, {"type": "string"}),
        (
            {"properties": {"a": True}, "required": ["a", "b"]},
            {"type": "object", "properties": {"a": {}}, "required": ["a"], "additionalProperties": False},
        ),
    ],
)
def test_what_other_words_say_as_well_is_said_in_those(schema: dict[str, Any], told: dict[str, Any]) -> None:
    assert for_claude(schema) == told


def refers(schema: Any) -> bool:
    return "$ref" in json.dumps(schema)


@pytest.mark.parametrize(
    ("schema", "inlined"),
    [
        ({"properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"type": "string"}}}, False),
        (
            {"properties": {"a": {"$ref": "#/$defs/a", "title": "t"}}, "$defs": {"a": {"type": "string"}}},
            True,
        ),
        ({"properties": {"a": {"$ref": "#"}}}, True),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"properties": {"b": {"$ref": "#/$defs/a"}}}}}, True),
        ({"$ref": "https://example.com/schema"}, True),
        ({"allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"type": "string"}}}, True),
    ],
)
def test_references_stay_where_they_end(schema: dict[str, Any], inlined: bool) -> None:
    assert refers(for_claude(schema)) is not inlined


def test_only_a_tool_that_is_held_to_its_schema_is_told_another_one() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}}}
    assert of_tool(schema, strict=None) == of_tool(schema, strict=False) == schema
    assert of_tool(schema, strict=True) == for_claude(schema)


def test_a_tools_schema_is_looked_for_behind_a_reference() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}
    assert rooted({"$ref": "#/$defs/node", "$defs": {"node": node}}) == {**node, "$defs": {"node": node}}
    nowhere = {"$ref": "#/$defs/none"}
    assert rooted(nowhere) == nowhere


schemas = st.recursive(
    st.sampled_from(ODD),
    lambda inner: st.dictionaries(
        st.sampled_from(
            ["type", "properties", "items", "anyOf", "oneOf", "allOf", "$ref", "enum", "required", "not"]
            + ["minimum", "pattern", "description", "nullable", "$defs", "minItems", "format", "prefixItems"]
        ),
        inner | st.lists(inner, max_size=3) | st.sampled_from(["object", "#", "#/$defs/a", "string"]),
        max_size=5,
    ),
    max_leaves=12,
)


@given(schemas)
def test_any_value_is_taken_and_told_the_same_twice(schema: Any) -> None:
    once = for_claude(schema)
    assert {"allOf", "oneOf", "not", "minimum"}.isdisjoint(once if isinstance(once, dict) else ())
    assert for_claude(once) == once


A, B = ({"type": "object", "properties": {"kind": {"const": kind}, kind: {}}} for kind in "ab")


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param(OPEN, OPEN, id="an object"),
        pytest.param(
            {"type": "object", "oneOf": [A | {"required": ["kind", "a"]}, B | {"required": ["kind"]}]},
            {
                "type": "object",
                "properties": {"kind": {"anyOf": [{"const": "a"}, {"const": "b"}]}, "a": {}, "b": {}},
                "required": ["kind"],
            },
            id="one of two",
        ),
        pytest.param(
            {"anyOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": A}, "required": ["x"]},
            {"properties": A["properties"], "required": ["x"]},
            id="one that is defined elsewhere",
        ),
        pytest.param({"allOf": [A]}, {"type": "object", "properties": A["properties"]}, id="all of one"),
    ],
)
def test_a_tools_schema_is_one_object_at_its_root(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    assert rooted(schema) == expected


@given(st.sampled_from(ODD), st.sampled_from(["anyOf", "oneOf", "allOf"]))
def test_no_odd_schema_is_an_exception(odd: Any, name: str) -> None:
    for schema in ({name: odd}, {name: [odd]}, {name: [{"properties": odd, "required": odd}]}):
        assert not {"anyOf", "oneOf", "allOf"} & rooted(schema).keys()
        for_claude(schema)
