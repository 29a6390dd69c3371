"""What Gemini's subset of OpenAPI takes, in both directions."""

from copy import deepcopy
from typing import Any

import jsonschema
import pytest
from google.genai import types
from hypothesis import given, settings

from dialects.schemas_gemini import as_written, for_gemini, from_gemini
from tests.dialects.drawn_schemas import nested, nonsense, roots, words_in

TAKEN = {
    *("type", "title", "description", "nullable", "enum", "format", "items", "properties", "required"),
    *("anyOf", "minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum", "pattern"),
    *("minProperties", "maxProperties", "propertyOrdering"),
}


@settings(deadline=None)
@given(nonsense)
def test_whatever_is_given_is_taken_left_alone_and_finished_at_once(schema: Any) -> None:
    before = deepcopy(schema)
    once = for_gemini(schema)
    assert for_gemini(once) == once
    assert schema == before
    assert words_in(once) <= TAKEN


@settings(deadline=None)
@given(roots)
def test_the_vendors_own_types_take_it(schema: Any) -> None:
    types.Schema.model_validate(for_gemini(schema))


@settings(deadline=None)
@given(roots)
def test_read_again_it_is_a_json_schema(schema: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(from_gemini(for_gemini(schema)))


@settings(deadline=None)
@given(nonsense)
def test_reading_takes_whatever_is_given(schema: Any) -> None:
    assert from_gemini(from_gemini(schema)) == from_gemini(schema)


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"type": "string", "minLength": 1}, {"type": "STRING", "minLength": 1}),
        ({"type": ["string", "null"]}, {"type": "STRING", "nullable": True}),
        ({"type": ["string", "integer"]}, {"anyOf": [{"type": "STRING"}, {"type": "INTEGER"}]}),
        ({"const": "a"}, {"type": "STRING", "enum": ["a"]}),
        ({"type": "integer", "enum": [1, 2]}, {"type": "INTEGER"}),
        ({"type": "string", "format": "uuid"}, {"type": "STRING"}),
        ({"type": "string", "format": "date-time"}, {"type": "STRING", "format": "date-time"}),
        ({"type": "array"}, {"type": "ARRAY", "items": {"type": "STRING"}}),
        ({"type": "object", "additionalProperties": True}, {"type": "OBJECT"}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": "STRING", "nullable": True}),
        (
            {"oneOf": [{"type": "string"}, {"type": "number"}]},
            {"anyOf": [{"type": "STRING"}, {"type": "NUMBER"}]},
        ),
        (
            {
                "type": "object",
                "properties": {"a": {}, "b": False},
                "required": ["a", "b", "c"],
                "$schema": "x",
            },
            {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}, "required": ["a"]},
        ),
        ({}, {"type": "STRING"}),
    ],
    ids=repr,
)
def test_what_is_refused_is_said_otherwise(schema: Any, written: Any) -> None:
    assert for_gemini(schema) == written


def test_openapi_is_read_as_json_schema() -> None:
    schema = {
        "type": "OBJECT",
        "properties": {"a": {"type": "STRING", "nullable": True, "enum": ["x"]}, "b": {"type": "ARRAY"}},
        "min_properties": "1",
        "any_of": [{"type": "NULL"}],
    }
    assert from_gemini(schema) == {
        "type": "object",
        "properties": {"a": {"type": ["string", "null"], "enum": ["x", None]}, "b": {"type": "array"}},
        "minProperties": 1,
        "anyOf": [{"type": "null"}],
    }


def test_depth_has_an_end() -> None:
    assert len(repr(for_gemini(nested(500)))) < 100_000
    assert len(repr(from_gemini(nested(500)))) < 100_000


def chain(length: int) -> dict[str, Any]:
    """Definitions that each use the next one twice: written out, two to the power of their number."""
    inner = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(length)}
    return {"$ref": "#/$defs/d0", "$defs": {**inner, f"d{length}": {"type": "string"}}}


NODE = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"type": "array", "prefixItems": [{"type": "string"}, {"enum": ["a", 1]}]},
        {"$ref": "#/$defs/a", "$defs": {"a": {"oneOf": [{"type": "string"}, {"type": "null"}]}}},
        chain(25),
    ],
    ids=["plain", "a map", "a tuple", "a reference", "references of references"],
)
def test_what_the_vendor_understands_as_json_schema_is_written_as_it_is(schema: dict[str, Any]) -> None:
    assert as_written(schema, "plain", "json") == {"json": schema}


@pytest.mark.parametrize(
    "schema",
    [
        {"const": "a"},
        {"type": "string", "pattern": "a+"},
        {"type": "object", "properties": {"a": {"type": "string", "minLength": 1}}},
        {"allOf": [{"type": "string"}]},
        {"enum": ["a", None]},
        {"$ref": "#/$defs/node", "$defs": {"node": NODE}},
        {"$ref": "#/definitions/a", "definitions": {"a": {"type": "string"}}},
        {"$ref": "http://elsewhere"},
        {"type": "array", "items": {"$ref": "#/$defs/a", "minItems": 1}, "$defs": {"a": {"type": "array"}}},
    ],
    ids=[
        *("a constant", "a pattern", "a length", "all of", "null in a list", "a circle", "older definitions"),
        *("another document", "a reference with company"),
    ],
)
def test_the_rest_is_written_in_the_subset_of_openapi(schema: dict[str, Any]) -> None:
    assert as_written(schema, "plain", "json") == {"plain": for_gemini(schema)}


def test_remarks_are_left_out_and_words_that_are_read_stay() -> None:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "T",
        "type": "object",
        "properties": {"default": {"type": "string", "default": "x", "examples": ["y"], "description": "d"}},
        "$defs": {"a": {"type": "string", "$comment": "c"}},
    }
    assert as_written(schema, "plain", "json") == {
        "json": {
            "title": "T",
            "type": "object",
            "properties": {"default": {"type": "string", "description": "d"}},
            "$defs": {"a": {"type": "string"}},
        }
    }


@settings(deadline=None)
@given(nonsense)
def test_whatever_is_given_is_written_one_way_or_the_other(schema: Any) -> None:
    before = deepcopy(schema)
    assert len(as_written(schema, "plain", "json")) == 1
    assert schema == before
