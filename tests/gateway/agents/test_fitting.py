"""Arguments are held against their schema, and no reference leaves it."""

import pytest

from gateway.agents.fitting import fits

SCHEMA = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}}},
    "required": ["id"],
    "$defs": {"tag": {"type": "string", "maxLength": 3}},
}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"id": "a"}, None),
        ({"id": "a", "tags": ["abc"]}, None),
        ({}, "id"),
        ({"id": 3}, "id: "),
        ({"id": "a", "tags": ["abcd"]}, "tags.0"),
    ],
    ids=["fits", "fits inside", "lacks one", "another type", "wrong inside"],
)
def test_what_does_not_fit_is_said_with_its_place(value, said):
    found = fits(SCHEMA, value)
    assert found is None if said is None else said in (found or "")


@pytest.mark.parametrize(
    "uri", ["https://evil.example/schema.json", "file:///etc/passwd", "http://10.0.0.1/"]
)
def test_a_schema_that_refers_elsewhere_fits_nothing_and_fetches_nothing(uri):
    assert "cannot be used" in (fits({"$ref": uri}, {}) or "")


def test_a_schema_that_is_none_fits_nothing():
    assert "cannot be used" in (fits({"type": "no such type"}, {}) or "")
