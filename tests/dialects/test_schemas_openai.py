"""What strict mode takes, and that what it brings is valid by the original."""

from copy import deepcopy
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialects.schemas_openai import for_openai_strict
from tests.dialects.drawn_schemas import nested, nonsense, roots, values_of, without_nulls, words_in

REFUSED = {
    *("allOf", "oneOf", "not", "if", "then", "else", "patternProperties", "const", "default", "$schema"),
    *("prefixItems", "minLength", "uniqueItems", "nullable", "propertyNames"),
}


@settings(max_examples=60, deadline=None)
@given(nonsense)
def test_whatever_is_given_is_taken_left_alone_and_finished_at_once(schema: Any) -> None:
    before = deepcopy(schema)
    once = for_openai_strict(schema)
    assert for_openai_strict(once) == once
    assert schema == before
    assert once["type"] == "object"
    assert not words_in(once) & REFUSED


@settings(max_examples=60, deadline=None)
@given(roots)
def test_a_schema_made_strict_is_a_schema(schema: Any) -> None:
    once = for_openai_strict(schema)
    assert for_openai_strict(once) == once
    jsonschema.Draft202012Validator.check_schema(once)


@settings(max_examples=60, deadline=None)
@given(roots, st.data())
def test_what_a_model_writes_by_it_is_valid_by_the_original(schema: Any, data: st.DataObject) -> None:
    strict = for_openai_strict(schema)
    value = data.draw(values_of(strict, strict))
    jsonschema.Draft202012Validator(strict).validate(value)
    jsonschema.Draft202012Validator(schema).validate(without_nulls(value))


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
