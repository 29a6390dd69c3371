"""JSON Schemas in the subset that OpenAI's strict mode accepts.

https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
"""

from typing import Any

from dialects.schemas import (
    DEEPEST,
    DEFINITIONS,
    MOST,
    guessed_types,
    inline,
    is_number,
    over,
    plain,
    resolve,
    type_of,
)

# A root that is not an object is wrapped in one, as this member.
WRAPPED = "value"

_NULL = "null"
_FORMATS = frozenset("date-time time date duration email hostname ipv4 ipv6 uuid".split())
_KEPT = {
    "string": ("pattern", "format"),
    "number": ("multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    "integer": ("multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    "array": ("minItems", "maxItems"),
}


def for_openai_strict(schema: Any) -> dict[str, Any]:
    """The schema for strict mode: closed objects, every member required, null for what was optional.

    Output valid against it is valid against the original once the nulls of optional members are removed,
    except for dropped keywords. A root that is not an object becomes the member `value` of one.
    """
    whole, _ = _whole(schema)
    strict = _strict(whole, 0)
    for key in DEFINITIONS:
        named = whole.get(key)
        if isinstance(named, dict):
            strict[key] = {name: _strict(each, 1) for name, each in named.items()}
    return strict


def _whole(schema: Any) -> tuple[Any, bool]:
    """The schema with references that strict mode accepts and an object as root; True: it was wrapped."""
    whole = _with_root(schema)
    if not _keeps_references(whole):
        whole = inline(schema)
    said = plain(whole)
    if guessed_types(said) == ["object"] and not said.get("anyOf"):
        return whole, False
    definitions = {key: whole[key] for key in DEFINITIONS if isinstance(whole, dict) and key in whole}
    bare = {key: value for key, value in whole.items() if key not in DEFINITIONS} if definitions else whole
    if isinstance(whole, dict) and "#" in _pointers(whole, 0):
        bare = inline(schema)
    return {"type": "object", "properties": {WRAPPED: bare}, "required": [WRAPPED], **definitions}, True


def narrows(schema: Any) -> bool:
    """Whether strict mode allows less than the schema does: it has neither maps nor an any type."""
    whole, _ = _whole(schema)
    return _narrows(whole, 0)


def _narrows(schema: Any, depth: int) -> bool:
    if not isinstance(schema, dict) or depth > DEEPEST:
        return True
    named = [each for key in DEFINITIONS for each in _values(schema.get(key))]
    if any(_narrows(each, depth + 1) for each in named):
        return True
    if isinstance(schema.get("$ref"), str):
        return False
    said = plain(schema)
    ways = said.get("anyOf")
    if isinstance(ways, list) and ways and "enum" not in said:
        return any(_narrows(_joined(said, way), depth + 1) for way in ways)
    kinds = guessed_types(said)
    if "array" in kinds and _narrows(said.get("items"), depth + 1):
        return True
    if "object" in kinds and "enum" not in said:
        open_ended = said.get("additionalProperties", not said.get("properties")) is not False
        if open_ended or "patternProperties" in said:
            return True
        return any(_narrows(each, depth + 1) for each in _members(said)[0].values() if each is not False)
    return not kinds


def _values(named: Any) -> list[Any]:
    return list(named.values()) if isinstance(named, dict) else []


def is_wrapped(schema: Any) -> bool:
    """Whether the root was wrapped, as the member `value` of an object."""
    return _whole(schema)[1]


def as_asked(value: Any, schema: Any) -> Any:
    """Converts output for `for_openai_strict(schema)` back to the original schema.

    Null members are removed if the schema makes them optional and not nullable.
    """
    whole, wrapped = _whole(schema)
    value = _Loosened(whole).of(value, whole, 0)
    return value[WRAPPED] if wrapped and isinstance(value, dict) and value.keys() == {WRAPPED} else value


class _Loosened:
    def __init__(self, root: Any) -> None:
        self._root = root
        self._left = MOST

    def of(self, value: Any, schema: Any, depth: int) -> Any:
        if not isinstance(value, dict | list) or depth > DEEPEST:
            return value
        said = self._said(schema, value)
        if isinstance(value, list):
            return [self.of(each, said.get("items", {}), depth + 1) for each in value]
        named, required = _members(said)
        return {
            name: self.of(inner, named.get(name, {}), depth + 1)
            for name, inner in value.items()
            if inner is not None or name in required or self._takes_null(named.get(name, {}), 0)
        }

    def _said(self, schema: Any, value: Any) -> dict[str, Any]:
        """The schema for a value: of several alternatives the first that resembles it most."""
        self._left -= 1
        said = plain(self._target(schema))
        ways = said.get("anyOf")
        if not isinstance(ways, list) or not ways or "enum" in said or self._left < 0:
            return said
        return max(
            (self._said(_joined(said, way), value) for way in ways),
            key=lambda each: self._likeness(each, value),
        )

    def _likeness(self, said: dict[str, Any], value: Any) -> int:
        kinds = guessed_types(said)
        if kinds and not _is_of(type_of(value), kinds):
            return 0
        if not isinstance(value, dict):
            return 1
        named, required = _members(said)
        if value.keys() != {*named, *required}:
            return 1
        # Alternatives with the same members are distinguished by a member with fixed values.
        listed = [(plain(self._target(each)).get("enum"), value[name]) for name, each in named.items()]
        return 2 + sum(isinstance(values, list) and mine in values for values, mine in listed)

    def _takes_null(self, schema: Any, depth: int) -> bool:
        said = plain(self._target(schema))
        ways = said.get("anyOf")
        if isinstance(ways, list) and ways and "enum" not in said:
            return depth < DEEPEST and any(self._takes_null(way, depth + 1) for way in ways)
        kinds = guessed_types(said)
        return not kinds or _NULL in kinds

    def _target(self, schema: Any) -> Any:
        for _ in range(DEEPEST):
            if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
                return schema
            schema = resolve(self._root, schema["$ref"])
        return {}


def _members(said: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The named properties of an object, and the required ones."""
    named, required = said.get("properties"), said.get("required")
    return (
        named if isinstance(named, dict) else {},
        [each for each in required if isinstance(each, str)] if isinstance(required, list) else [],
    )


def _with_root(schema: Any) -> Any:
    """A root that is only a reference, which pydantic writes for recursive models, is expanded once."""
    if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
        return schema
    target = resolve(schema, schema["$ref"])
    if not isinstance(target, dict) or "$ref" in target:
        return schema
    return {**target, **{key: schema[key] for key in DEFINITIONS if key in schema}}


def _keeps_references(schema: Any) -> bool:
    """Whether strict mode accepts every reference: those to the root or to one of its definitions."""
    if not isinstance(schema, dict):
        return True
    pointers = _pointers(schema, 0)
    return all(
        pointer == "#"
        or (
            pointer.startswith(("#/$defs/", "#/definitions/"))
            and pointer.count("/") == 2
            and isinstance(resolve(schema, pointer), dict)
        )
        for pointer in pointers
    )


def _pointers(schema: Any, depth: int) -> set[str]:
    """The references of a schema; "" for one that cannot be kept as it is."""
    if not isinstance(schema, dict) or depth > DEEPEST:
        return set()
    found: set[str] = set()
    pointer = schema.get("$ref")
    if isinstance(pointer, str):
        remarks = schema.keys() <= {"$ref", "title", "description", "default"}
        found.add(pointer if remarks and depth else "")

    def note(inner: Any) -> None:
        found.update(_pointers(inner, depth + 1))

    over(schema, note)
    for key in DEFINITIONS:
        named = schema.get(key)
        if isinstance(named, dict):
            if depth:
                found.add("")
            for each in named.values():
                note(each)
    members = schema.get("allOf")
    if isinstance(members, list) and any(isinstance(each, dict) and "$ref" in each for each in members):
        found.add("")
    return found


def _strict(schema: Any, depth: int) -> dict[str, Any]:
    if isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
        return {"$ref": schema["$ref"]}  # strict mode allows no sibling keywords
    if depth > DEEPEST:
        return _closed({}, depth)
    said = plain(schema)
    strict = {key: said[key] for key in ("title", "description") if isinstance(said.get(key), str)}
    either = said.get("anyOf")
    if isinstance(either, list) and either and "enum" not in said:
        strict["anyOf"] = [_strict(_joined(said, each), depth + 1) for each in either]
        return strict
    kinds = guessed_types(said) or ["string"]
    strict["type"] = kinds[0] if len(kinds) == 1 else kinds
    for kind in kinds:
        strict.update({key: said[key] for key in _KEPT.get(kind, ()) if _may_stay(key, said.get(key))})
    if "object" in kinds:
        strict.update(_closed(said, depth))
    if "array" in kinds:
        strict["items"] = _strict(said.get("items", {}), depth + 1)
    values = said.get("enum")
    if isinstance(values, list):
        fitting = [value for value in values if _is_of(type_of(value), kinds)]
        strict.update({"enum": fitting} if fitting else {})
    return strict


def _joined(said: dict[str, Any], either: Any) -> Any:
    """One alternative of an anyOf combined with the anyOf's sibling keywords."""
    beside = {key: value for key, value in said.items() if key not in ("anyOf", "title", "description")}
    beside = {key: value for key, value in beside.items() if key not in DEFINITIONS and key[:1] != "$"}
    if not beside or not isinstance(either, dict) or "$ref" in either:
        return either
    return {"allOf": [either, beside]}


def _is_of(kind: str, kinds: list[str]) -> bool:
    return kind in kinds or (kind == "integer" and "number" in kinds)


def _may_stay(key: str, value: Any) -> bool:
    if key == "format":
        return isinstance(value, str) and value in _FORMATS
    return isinstance(value, str) if key == "pattern" else is_number(value)


def _closed(said: dict[str, Any], depth: int) -> dict[str, Any]:
    named, required = _members(said)
    properties = dict(named)
    others = said.get("additionalProperties")
    for name in required:
        properties.setdefault(name, others if isinstance(others, dict) else {})
    strict = {}
    for name, schema in properties.items():
        if schema is not False:
            inner = _strict(schema, depth + 1)
            strict[name] = inner if name in required else _or_null(inner)
    return {"properties": strict, "required": list(strict), "additionalProperties": False}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": _NULL}]}
    if "anyOf" in schema:
        ways = schema["anyOf"]
        taken = any(_NULL in guessed_types(way) for way in ways)
        return schema if taken else {**schema, "anyOf": [*ways, {"type": _NULL}]}
    kinds = guessed_types(schema)
    if _NULL not in kinds:
        schema = {**schema, "type": [*kinds, _NULL]}
    if "enum" in schema and None not in schema["enum"]:
        schema = {**schema, "enum": [*schema["enum"], None]}
    return schema
