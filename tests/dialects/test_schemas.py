"""References are written out, those without end are cut, members of an allOf become one."""

from copy import deepcopy
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from dialects.schemas import DEEPEST, OPEN, inline, merged, plain, resolve
from tests.dialects.drawn_schemas import nested, nonsense, roots, words_in


@settings(deadline=None)
@given(nonsense)
def test_whatever_is_given_is_taken_left_alone_and_finished_at_once(schema: Any) -> None:
    before = deepcopy(schema)
    once = inline(schema)
    assert inline(once) == once
    assert schema == before


@settings(deadline=None)
@given(roots)
def test_nothing_is_left_of_references_and_definitions(schema: Any) -> None:
    assert not words_in(inline(schema)) & {"$ref", "$defs", "definitions"}
    jsonschema.Draft202012Validator.check_schema(inline(schema))


def test_a_reference_is_what_it_points_to_with_the_words_beside_it() -> None:
    schema = {
        "properties": {"a": {"$ref": "#/$defs/x~1y%20z", "description": "mine"}},
        "$defs": {"x/y z": {"type": "string", "description": "theirs"}},
    }
    assert inline(schema) == {"properties": {"a": {"type": "string", "description": "mine"}}}


def test_demands_beside_a_reference_are_kept_beside_it() -> None:
    schema = {"items": {"$ref": "#/$defs/a", "minLength": 2}, "$defs": {"a": {"type": "string"}}}
    assert inline(schema) == {"items": {"allOf": [{"type": "string"}, {"minLength": 2}]}}


def test_what_contains_itself_ends_with_an_object_without_properties() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}
    schema = {"$ref": "#/$defs/node", "$defs": {"node": node}}
    assert inline(schema) == {"type": "object", "properties": {"next": {"type": "object"}}}
    assert inline({"items": {"$ref": "#"}}) == {"items": {"type": "object"}}


def test_a_property_may_have_a_keywords_name() -> None:
    schema = {"type": "object", "properties": {"$ref": {"type": "string"}, "$defs": {"type": "integer"}}}
    assert inline(schema) == schema


@pytest.mark.parametrize("pointer", ["#/$defs/none", "other.json", "#/type", "#/anyOf/9", "#anchor", 7, None])
def test_a_reference_to_nothing_says_nothing(pointer: Any) -> None:
    assert "$ref" not in words_in(inline({"type": "array", "items": {"$ref": pointer, "title": "t"}}))
    assert inline({"type": "array", "items": {"$ref": pointer, "title": "t"}})["items"] == {"title": "t"}


def test_pointers_go_through_lists() -> None:
    assert resolve({"anyOf": [True, {"type": "null"}]}, "#/anyOf/1") == {"type": "null"}


def test_depth_has_an_end() -> None:
    found, depth = inline(nested(500)), 0
    while "properties" in found:
        found, depth = found["properties"]["a"], depth + 1
    assert (found, depth) == (OPEN, DEEPEST + 1)


def test_definitions_that_grow_without_bound_are_cut() -> None:
    doubled = {
        f"d{number}": {"properties": {side: {"$ref": f"#/$defs/d{number + 1}"} for side in "lr"}}
        for number in range(60)
    }
    schema = {"$ref": "#/$defs/d0", "$defs": doubled}
    once = inline(schema)
    assert len(repr(once)) < 2_000_000
    assert inline(once) == once


@pytest.mark.parametrize(
    ("members", "whole"),
    [
        ([{"type": "object"}, {"required": ["a"]}], {"type": "object", "required": ["a"]}),
        ([{"required": ["a"]}, {"required": ["b", "a"]}], {"required": ["a", "b"]}),
        ([{"minimum": 1}, {"minimum": 3}], {"minimum": 3}),
        ([{"maxLength": 1}, {"maxLength": 3}], {"maxLength": 1}),
        ([{"type": ["string", "null"]}, {"type": "string"}], {"type": "string"}),
        ([{"type": "number"}, {"type": "integer"}], {"type": "integer"}),
        ([{"enum": [1, 2]}, {"enum": [2, 3]}], {"enum": [2]}),
        ([{"type": "string"}, {"type": "integer"}], {"type": "string"}),
        (
            [{"properties": {"a": {"minimum": 1}}}, {"properties": {"a": {"maximum": 2}, "b": True}}],
            {"properties": {"a": {"allOf": [{"minimum": 1}, {"maximum": 2}]}, "b": True}},
        ),
        (
            [{"anyOf": [{"minimum": 1}, {"type": "null"}]}, {"anyOf": [{"title": "t"}]}],
            {
                "anyOf": [
                    {"allOf": [{"minimum": 1}, {"title": "t"}]},
                    {"allOf": [{"type": "null"}, {"title": "t"}]},
                ]
            },
        ),
        ([{"allOf": [{"type": "string"}]}, True, 7], {"type": "string"}),
    ],
    ids=repr,
)
def test_members_of_an_allof_become_one(members: list[Any], whole: Any) -> None:
    assert merged({"allOf": members}) == whole


def test_rare_words_become_common_ones() -> None:
    assert plain({"const": "a"}) == {"enum": ["a"]}
    assert plain({"oneOf": [{"type": "null"}]}) == {"anyOf": [{"type": "null"}]}
    assert plain({"prefixItems": [{"type": "null"}]}) == {"items": {"type": "null"}}
    assert plain({"items": [{"title": "a"}, {"title": "b"}]}) == {
        "items": {"anyOf": [{"title": "a"}, {"title": "b"}]}
    }
    assert plain(True) == {}
