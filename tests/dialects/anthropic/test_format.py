"""Schemas are closed for a vendor that takes no open ones, and otherwise as they were."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.anthropic.blocks import NAME
from dialects.anthropic.format import closed, read_format, rooted, write_format
from dialects.conversation import Conversation, Format
from dialects.errors import Malformed

ODD: list[Any] = [None, 7, "x", True, [], {}, [7], {"a": 7}, [{}], ["a", {}]]
OPEN = {"type": "object", "properties": {"a": {"type": "object", "properties": {}}}}


def asked(form: Format | None, dialect: str) -> Conversation:
    return Conversation(dialect=dialect, model="m", messages=(), format=form)


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
            {"type": ["object", "null"], "properties": {"type": {"enum": [{"type": "object"}]}}},
            {
                "type": ["object", "null"],
                "properties": {"type": {"enum": [{"type": "object"}]}},
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
    assert closed(schema) == expected
    assert closed(expected) == expected


def test_a_schema_deeper_than_any_vendor_takes_is_no_exception() -> None:
    deep: dict[str, Any] = {"type": "object"}
    for _ in range(5000):
        deep = {"type": "object", "not": deep}
    assert closed(deep)["additionalProperties"] is False


def test_a_schema_of_another_format_is_closed_and_one_of_this_format_as_written() -> None:
    theirs, ours = (write_format(asked(Format("schema", OPEN), name)) for name in ("openai_chat", NAME))
    assert theirs == {"type": "json_schema", "schema": closed(OPEN)}
    assert ours == {"type": "json_schema", "schema": OPEN}
    assert read_format(ours) == Format("schema", OPEN)


def test_any_json_object_cannot_be_asked_for() -> None:
    assert write_format(asked(Format("json"), "openai_chat")) is None
    assert write_format(asked(None, NAME)) is None


@pytest.mark.parametrize("found", [7, {}, {"schema": "x"}])
def test_a_format_without_a_schema_is_refused(found: Any) -> None:
    with pytest.raises(Malformed, match="output_config.format"):
        read_format(found)


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
        closed(schema)
