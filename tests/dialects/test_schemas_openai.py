"""What strict mode takes, and that what it brings is valid by the original."""

from copy import deepcopy
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialects.schemas_openai import as_asked, for_openai_strict, is_wrapped, narrows
from tests.dialects.drawn_schemas import nested, nonsense, roots, values_of, words_in

REFUSED = {
    *("allOf", "oneOf", "not", "if", "then", "else", "patternProperties", "const", "default", "$schema"),
    *("prefixItems", "minLength", "uniqueItems", "nullable", "propertyNames"),
}


@settings(deadline=None)
@given(nonsense)
def test_whatever_is_given_is_taken_left_alone_and_finished_at_once(schema: Any) -> None:
    before = deepcopy(schema)
    once = for_openai_strict(schema)
    assert for_openai_strict(once) == once
    assert schema == before
    assert once["type"] == "object"
    assert not words_in(once) & REFUSED


@settings(deadline=None)
@given(roots)
def test_a_schema_made_strict_is_a_schema(schema: Any) -> None:
    once = for_openai_strict(schema)
    assert for_openai_strict(once) == once
    jsonschema.Draft202012Validator.check_schema(once)


@settings(deadline=None)
@given(roots, st.data())
def test_what_a_model_writes_by_it_is_valid_by_the_original(schema: Any, data: st.DataObject) -> None:
    strict = for_openai_strict(schema)
    value = data.draw(values_of(strict, strict))
    jsonschema.Draft202012Validator(strict).validate(value)
    jsonschema.Draft202012Validator(schema).validate(as_asked(value, schema))


def test_every_member_is_required_and_the_optional_ones_may_be_null() -> None:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "a": {"type": "string", "minLength": 1, "format": "email"},
            "b": {"enum": ["x"]},
            "c": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "boolean"}]},
        },
        "required": ["a"],
    }
    assert for_openai_strict(schema) == {
        "type": "object",
        "properties": {
            "a": {"type": "string", "format": "email"},
            "b": {"type": ["string", "null"], "enum": ["x", None]},
            "c": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "boolean"}, {"type": "null"}]},
        },
        "required": ["a", "b", "c"],
        "additionalProperties": False,
    }


def test_what_contains_itself_keeps_its_reference() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}, "required": ["next"]}
    strict = for_openai_strict({"$ref": "#/$defs/node", "$defs": {"node": node}})
    closed = {**node, "additionalProperties": False}
    assert strict == {**closed, "$defs": {"node": closed}}


def test_references_to_elsewhere_are_written_out() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"$ref": "#/properties/a"}},
        "required": ["a", "b"],
    }
    assert for_openai_strict(schema)["properties"]["b"] == {"type": "string"}


@pytest.mark.parametrize(
    "schema", [{"type": "array", "items": {"type": "string"}}, {"anyOf": [{"type": "object"}]}, True, [], 7]
)
def test_a_root_that_is_no_object_is_wrapped_in_one(schema: Any) -> None:
    strict = for_openai_strict(schema)
    assert list(strict["properties"]) == ["value"] == strict["required"]


def test_depth_has_an_end() -> None:
    assert len(repr(for_openai_strict(nested(500)))) < 100_000


@settings(deadline=None)
@given(nonsense, nonsense)
def test_taking_back_and_judging_take_whatever_is_given(schema: Any, value: Any) -> None:
    before = deepcopy((schema, value))
    as_asked(value, schema)
    assert narrows(schema) in (True, False)
    assert (schema, value) == before


MAYBE = {"anyOf": [{"type": "string"}, {"type": "null"}]}
CAT = {"type": "object", "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}}}
DOG = {"type": "object", "properties": {"kind": {"const": "dog"}, "lives": MAYBE}}
NODE = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "own": MAYBE}}
TREE = {"$ref": "#/$defs/node", "$defs": {"node": NODE}}


@pytest.mark.parametrize(
    ("schema", "written", "asked"),
    [
        ({"type": "object", "properties": {"a": {"type": "string"}}}, {"a": None}, {}),
        ({"type": "object", "properties": {"a": MAYBE}}, {"a": None}, {"a": None}),
        (
            {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
            {"a": None},
            {"a": None},
        ),
        ({"type": "array", "items": CAT}, {"value": [{"kind": "cat", "lives": None}]}, [{"kind": "cat"}]),
        ({"type": "string"}, {"value": "x"}, "x"),
        ({"type": "string"}, {"value": "x", "more": 1}, {"value": "x", "more": 1}),
        (TREE, {"next": {"next": None, "own": None}, "own": "x"}, {"next": {"own": None}, "own": "x"}),
        (
            {"type": "array", "items": {"oneOf": [CAT, DOG]}},
            {"value": [{"kind": "cat", "lives": None}, {"kind": "dog", "lives": None}]},
            [{"kind": "cat"}, {"kind": "dog", "lives": None}],
        ),
        (
            {"type": "object", "properties": {"a": {"type": "string"}}},
            {"a": "x", "b": None},
            {"a": "x", "b": None},
        ),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, "no object", "no object"),
    ],
    ids=[
        *("optional", "optional and null by itself", "demanded", "in a list", "a root that is no object"),
        *("not as it was asked", "what contains itself", "one of several ways", "unknown", "of another type"),
    ],
)
def test_what_strict_mode_added_is_taken_back(schema: Any, written: Any, asked: Any) -> None:
    assert as_asked(written, schema) == asked
    assert is_wrapped(schema) == ("properties" not in schema and "$ref" not in schema)


@pytest.mark.parametrize(
    ("schema", "less"),
    [
        (CAT, False),
        (TREE, False),
        ({"type": "array", "items": CAT}, False),
        ({"type": "object", "additionalProperties": False}, False),
        ({"type": "object"}, True),
        ({**CAT, "additionalProperties": True}, True),
        ({**CAT, "additionalProperties": {"type": "string"}}, True),
        ({"type": "object", "properties": {"a": {}}}, True),
        ({"type": "array"}, True),
        ({"anyOf": [CAT, {"type": "object", "patternProperties": {"^x": {"type": "string"}}}]}, True),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"type": "object"}}}, True),
    ],
    ids=[
        *("closed is enough", "what contains itself", "a list", "an empty object", "any object"),
        *("open", "a map", "anything", "a list of anything", "a pattern", "below a reference"),
    ],
)
def test_what_strict_mode_cannot_say_whole_is_known(schema: Any, less: bool) -> None:
    assert narrows(schema) is less
