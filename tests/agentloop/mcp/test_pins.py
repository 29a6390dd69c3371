"""Pins: whatever a server says of a tool is in its digest."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentloop.mcp.pins import MAX_DESCRIPTION, MAX_SCHEMA_DEPTH, Listed, unusable

LOOK = Listed("look", "", "Look it up.", {"type": "object"}, None)


@given(st.sampled_from(["name", "title", "description"]), st.text(min_size=1))
def test_every_word_of_it_changes_the_digest(field, more):
    other = msgspec.structs.replace(LOOK, **{field: getattr(LOOK, field) + more})
    assert other.digest != LOOK.digest


@pytest.mark.parametrize("change", [{"arguments": {"type": "array"}}, {"output": {}}])
def test_each_schema_changes_the_digest(change):
    assert msgspec.structs.replace(LOOK, **change).digest != LOOK.digest


def test_the_order_of_members_does_not():
    one = msgspec.structs.replace(LOOK, arguments={"type": "object", "required": ["a"]})
    other = msgspec.structs.replace(LOOK, arguments={"required": ["a"], "type": "object"})
    assert one.digest == other.digest


def test_a_model_is_not_shown_a_description_without_end():
    assert len(msgspec.structs.replace(LOOK, description="x" * 100_000).pin["description"]) == MAX_DESCRIPTION


def test_schemas_have_bounds():
    deep: dict = {}
    for _ in range(MAX_SCHEMA_DEPTH + 1):
        deep = {"properties": [deep]}
    assert unusable(LOOK) is None
    assert "deep" in unusable(msgspec.structs.replace(LOOK, arguments=deep))
    assert "bytes" in unusable(msgspec.structs.replace(LOOK, output={"x": "y" * 300_000}))
