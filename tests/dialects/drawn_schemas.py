"""JSON Schemas as hypothesis draws them, with values that fit what vendors are asked for."""

import re
from typing import Any

from hypothesis import strategies as st

texts = st.sampled_from(["", "a", "two words", 'q"\\', "é"])
names = st.sampled_from(["a", "b", "city", "next", "$ref", "type"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=4,
)

KEYWORDS = [
    *("$ref", "$defs", "definitions", "$schema", "type", "properties", "required", "items", "prefixItems"),
    *("anyOf", "oneOf", "allOf", "not", "if", "enum", "const", "additionalProperties", "patternProperties"),
    *("minimum", "maximum", "minItems", "pattern", "format", "title", "description", "default", "nullable"),
]
types = st.sampled_from(
    ["string", "integer", "number", "boolean", "object", "array", "null", "STRING", "odd"]
)
pointers = st.sampled_from(
    ["#", "#/$defs/a", "#/definitions/b", "#/properties/a", "#/nowhere", "http://x", "#/"]
)

# Anything: what nobody would call a schema, too.
nonsense = st.recursive(
    json_values | types | pointers,
    lambda inner: (
        st.dictionaries(st.sampled_from(KEYWORDS) | st.sampled_from("ab"), inner, max_size=5)
        | st.lists(inner, max_size=3)
    ),
    max_leaves=20,
)

_scalars = st.one_of(
    st.just({"type": "string"}),
    st.just({"type": "integer", "minimum": 0}),
    st.just({"type": ["string", "integer"]}),
    st.just({"type": "boolean", "description": "yes or no"}),
    st.lists(texts, min_size=1, max_size=3).map(lambda values: {"enum": values}),
    texts.map(lambda value: {"const": value}),
    st.integers(0, 9).map(lambda value: {"const": value}),
    st.just({"$ref": "#/$defs/a"}),
    st.just({"$ref": "#/definitions/b", "description": "beside"}),
)


_closings = st.sampled_from(
    [{}, {"additionalProperties": False}, {"additionalProperties": {"type": "integer"}}]
)


def _objects(inner: st.SearchStrategy[Any], closings: Any = _closings, mark: str = "") -> Any:
    return st.builds(
        lambda properties, required, closing: {
            "type": "object",
            "properties": {mark + name: each for name, each in properties.items()},
            "required": [mark + name for name in properties if name in required],
            **closing,
        },
        st.dictionaries(names, inner, max_size=3),
        st.sets(names, max_size=3),
        closings,
    )


def _both(inner: st.SearchStrategy[Any]) -> Any:
    """Two objects in one that do not contradict each other."""
    opened = st.just({})
    return st.tuples(_objects(inner, opened), _objects(inner, opened, "x_")).map(
        lambda both: {"allOf": list(both)}
    )


def _composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return (
        _objects(inner)
        | _both(inner)
        | inner.map(lambda items: {"type": "array", "items": items})
        | st.lists(inner, min_size=1, max_size=2).map(lambda ways: {"anyOf": ways})
    )


schemas = st.recursive(_scalars, _composed, max_leaves=6)
# Whole schemas with an object at their root, of which one definition contains itself.
roots = st.builds(
    lambda root, definition: {
        **root,
        "$defs": {
            "a": {"type": "object", "properties": {"next": {"$ref": "#/$defs/a"}, "own": definition}},
        },
        "definitions": {"b": {"type": "string"}},
    },
    _objects(schemas),
    _scalars,
)


@st.composite
def values_of(draw: st.DrawFn, schema: Any, root: Any, depth: int = 0) -> Any:
    """A value that fits a schema of OpenAI's strict subset."""
    if "$ref" in schema:
        kind, _, name = schema["$ref"][2:].partition("/")
        return draw(values_of(root[kind][name], root, depth + 1))
    if "anyOf" in schema:
        ways = schema["anyOf"]
        ended = [way for way in ways if way.get("type") == "null"]
        way = draw(st.sampled_from(ended if ended and depth > 4 else ways))
        return draw(values_of(way, root, depth + 1))
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    kind = "null" if "null" in kinds and depth > 4 else draw(st.sampled_from(kinds))
    if kind == "object":
        return {name: draw(values_of(each, root, depth + 1)) for name, each in schema["properties"].items()}
    if kind == "array":
        return draw(st.lists(values_of(schema["items"], root, depth + 1), max_size=2))
    return draw(_plain_values[kind])


_plain_values: dict[str, st.SearchStrategy[Any]] = {
    "string": texts,
    "integer": st.integers(0, 9),
    "number": st.sampled_from([0, 0.5]),
    "boolean": st.booleans(),
    "null": st.none(),
}


def without_nulls(value: Any) -> Any:
    """The value without its members that are null."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


def words_in(schema: Any) -> set[str]:
    """Every keyword of a schema, without the names of properties."""
    if isinstance(schema, list):
        return set().union(*map(words_in, schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    found: set[str] = set()
    for key, value in schema.items():
        found.add(key)
        if key in ("properties", "$defs", "definitions") and isinstance(value, dict):
            found.update(*map(words_in, value.values()))
        elif not re.fullmatch("enum|const|default|examples|required|title|description", key):
            found |= words_in(value)
    return found


def nested(depth: int) -> dict[str, Any]:
    """An object in an object, so deep."""
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema
