"""JSON Schemas as Gemini accepts them: unchanged if possible, otherwise in its subset of OpenAPI.

https://ai.google.dev/api/caching#Schema
https://ai.google.dev/gemini-api/docs/structured-output#json_schema_support
"""

from typing import Any

from dialects.gemini.members import camel
from dialects.schemas import (
    DEEPEST,
    DEFINITIONS,
    OPEN,
    REMARKS,
    guessed_types,
    inline,
    is_number,
    over,
    plain,
    resolve,
    types_of,
)

_NULL = "null"
_FORMATS = {
    "string": frozenset(["enum", "date-time"]),
    "integer": frozenset(["int32", "int64"]),
    "number": frozenset(["float", "double"]),
}
_TEXTS = ("title", "description")
_COUNTS = frozenset("minLength maxLength minItems maxItems minProperties maxProperties".split())
_KEPT = {
    "string": ("minLength", "maxLength"),
    "number": ("minimum", "maximum"),
    "integer": ("minimum", "maximum"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}
# What `parametersJsonSchema` and `responseJsonSchema` understand: the rest is rejected or not enforced.
_UNDERSTOOD = frozenset(
    "type format title description enum items prefixItems minItems maxItems minimum maximum anyOf oneOf "
    "properties propertyOrdering additionalProperties required $ref $defs $id $anchor".split()
)
_SILENT = REMARKS | {"$schema"}


def as_written(schema: Any, plain_name: str, json_name: str) -> dict[str, Any]:
    """The member for a schema: unchanged under `json_name` if possible, else converted under `plain_name`.

    Annotations that the vendor does not understand are dropped.
    """
    if _Understanding(schema).of(schema, 0, frozenset()):
        return {json_name: _without_remarks(schema, 0)}
    return {plain_name: for_gemini(schema)}


class _Understanding:
    """Whether the vendor understands every keyword of a schema as JSON Schema."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._known: set[str] = set()  # references already followed

    def of(self, schema: Any, depth: int, within: frozenset[str]) -> bool:
        if not isinstance(schema, dict):
            return isinstance(schema, bool)
        words = schema.keys() - _SILENT
        if not words <= _UNDERSTOOD or depth > DEEPEST:
            return False
        if "$ref" in words:
            # It may have no siblings.
            return words <= {"$ref", *DEFINITIONS} and self._refers(schema["$ref"], depth, within)
        values = schema.get("enum", [])
        if not isinstance(values, list) or not all(
            isinstance(each, str) or is_number(each) for each in values
        ):
            return False
        inner: list[Any] = []
        over({key: value for key, value in schema.items() if key not in DEFINITIONS}, inner.append)
        return all(self.of(each, depth + 1, within) for each in inner)

    def _refers(self, pointer: Any, depth: int, within: frozenset[str]) -> bool:
        # The vendor unrolls recursion only to some depth, so it is expanded here instead.
        if not isinstance(pointer, str) or not pointer.startswith("#/$defs/") or pointer in within:
            return False
        target = resolve(self._root, pointer)
        if pointer not in self._known:
            understood = isinstance(target, dict) and self.of(target, depth + 1, within | {pointer})
            if not understood:
                return False
            self._known.add(pointer)
        return True


def _without_remarks(schema: Any, depth: int) -> Any:
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key in _UNDERSTOOD}
    kept = over(kept, lambda each: _without_remarks(each, depth + 1))
    if isinstance(kept.get("$defs"), dict):
        kept["$defs"] = {name: _without_remarks(each, depth + 1) for name, each in kept["$defs"].items()}
    return kept


def for_gemini(schema: Any) -> dict[str, Any]:
    """The schema with upper-case types and nothing that the vendor rejects; wider than the original."""
    return _openapi(inline(schema), 0)


def _openapi(schema: Any, depth: int) -> dict[str, Any]:
    if depth > DEEPEST:
        return {"type": "OBJECT"}
    said = plain(schema)
    written: dict[str, Any] = {key: said[key] for key in _TEXTS if isinstance(said.get(key), str)}
    either = said.get("anyOf")
    if isinstance(either, list) and either:
        ways, nullable = _ways(said, either)
    else:
        ways, nullable = _one_way_each(said)
    if nullable or said.get("nullable") is True:
        written["nullable"] = True
    if len(ways) > 1:
        written["anyOf"] = [_openapi(way, depth + 1) for way in ways]
        return written
    if ways and ways[0] is not said:
        inner = _openapi(ways[0], depth)
        return {**inner, **written}
    return {**written, **_typed(said, depth)}


def _ways(said: dict[str, Any], either: list[Any]) -> tuple[list[Any], bool]:
    """An anyOf's alternatives other than null, and whether it allows null."""
    ways = [way for way in either if not _is_null(way)]
    if not ways:
        return [{"type": _NULL}], False
    beside = {key: value for key, value in said.items() if key not in ("anyOf", "nullable", *_TEXTS)}
    if beside:
        ways = [{"allOf": [way, beside]} if isinstance(way, dict) else way for way in ways]
    return ways, len(either) > len([way for way in either if not _is_null(way)])


def _is_null(way: Any) -> bool:
    return isinstance(way, dict) and guessed_types(plain(way)) == [_NULL]


def _one_way_each(said: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """One schema per type, as the vendor accepts only one in each; and whether null is one of the types."""
    kinds = guessed_types(said)
    others = [kind for kind in kinds if kind != _NULL]
    if not others or kinds == ["string"]:
        return [said], False
    if len(kinds) == 1:
        return [said], False
    values = said.get("enum")
    bare = (
        said
        if not isinstance(values, list)
        else {**said, "enum": [each for each in values if each is not None]}
    )
    return [{**_without_texts(bare), "type": kind} for kind in others], _NULL in kinds


def _without_texts(said: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key not in (*_TEXTS, "nullable")}


def _typed(said: dict[str, Any], depth: int) -> dict[str, Any]:
    # A schema without a type is rejected, and a string can express any value.
    kind = (guessed_types(said) or ["string"])[0]
    written: dict[str, Any] = {"type": kind.upper()}
    written.update({key: said[key] for key in _KEPT.get(kind, ()) if is_number(said.get(key))})
    form = said.get("format")
    if isinstance(form, str) and form in _FORMATS.get(kind, ()):
        written["format"] = form
    if kind == "string":
        written.update(_string(said))
    elif kind == "array":
        # Otherwise rejected: "items: missing field".
        written["items"] = _openapi(said.get("items", {}), depth + 1)
    elif kind == "object":
        written.update(_object(said, depth))
    return written


def _string(said: dict[str, Any]) -> dict[str, Any]:
    written: dict[str, Any] = {}
    if isinstance(said.get("pattern"), str):
        written["pattern"] = said["pattern"]
    values = said.get("enum")
    # Only strings may be listed.
    texts = [each for each in values if isinstance(each, str) and each] if isinstance(values, list) else []
    if texts:
        written["enum"] = texts
    return written


def _object(said: dict[str, Any], depth: int) -> dict[str, Any]:
    named = said.get("properties")
    if not isinstance(named, dict) or not named:
        return {}
    written: dict[str, Any] = {
        "properties": {name: _openapi(each, depth + 1) for name, each in named.items() if each is not False}
    }
    for key in ("required", "propertyOrdering"):
        listed = said.get(key)
        # A name that is not a property is rejected.
        known = (
            [each for each in listed if isinstance(each, str) and each in written["properties"]]
            if isinstance(listed, list)
            else []
        )
        if known:
            written[key] = list(dict.fromkeys(known))
    return written


def from_gemini(schema: Any) -> Any:
    """The JSON Schema for a schema of this subset; anything else is returned unchanged."""
    return _json_schema(schema, 0)


def _json_schema(schema: Any, depth: int) -> Any:
    if not isinstance(schema, dict):
        return schema
    if depth > DEEPEST:
        return dict(OPEN)
    said = {camel(key): value for key, value in schema.items()}
    said = over(said, lambda each: _json_schema(each, depth + 1))
    for key in _COUNTS & said.keys():
        # 64-bit counts are strings in the vendor's JSON.
        if isinstance(said[key], str) and said[key].isdecimal() and len(said[key]) < 19:
            said[key] = int(said[key])
    kinds = types_of(said.get("type"))
    if kinds and said.pop("nullable", None) is True and "null" not in kinds:
        kinds.append("null")
        if isinstance(said.get("enum"), list) and None not in said["enum"]:
            said["enum"] = [*said["enum"], None]
    if kinds:
        said["type"] = kinds[0] if len(kinds) == 1 else kinds
    return said
