"""JSON Schemas of tools and answers, reduced to what every vendor understands.

The functions accept any JSON value, never raise, and never modify their arguments; results may share parts
with them. The caller keeps the original to validate an answer against.
"""

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any
from urllib.parse import unquote

# Replaces schemas whose inlining would never end, or go deeper than any vendor accepts.
OPEN: Mapping[str, Any] = {"type": "object"}
DEEPEST = 64
MOST = 20_000  # subschemas of one schema: definitions that use one another grow exponentially when inlined

ONE = frozenset(
    "items additionalItems additionalProperties not if then else contains propertyNames "
    "unevaluatedItems unevaluatedProperties".split()
)
MANY = frozenset("allOf anyOf oneOf prefixItems items".split())
NAMED = frozenset("properties patternProperties dependentSchemas".split())
DEFINITIONS = frozenset(["$defs", "definitions"])
REMARKS = frozenset("title description default examples deprecated readOnly writeOnly $comment".split())
_MOST_PRODUCT = 16


def inline(schema: Any) -> Any:
    """The schema with each local `$ref` replaced by its target, without definitions.

    A recursive reference becomes an object without properties, and so does everything below 64 levels or
    beyond 20,000 subschemas. A reference to nothing, or to another document, allows any value.
    """
    return _Inliner(schema).of(schema, 0, frozenset(["#"]))


class _Inliner:
    def __init__(self, root: Any) -> None:
        self._root = root
        self._left = MOST

    def of(self, schema: Any, depth: int, within: frozenset[str]) -> Any:
        if not isinstance(schema, dict) or schema == OPEN:
            return schema
        self._left -= 1
        if depth > DEEPEST or self._left < 0:
            return dict(OPEN)
        rest = {key: value for key, value in schema.items() if key not in DEFINITIONS and key != "$ref"}
        rest = over(rest, lambda each: self.of(each, depth + 1, within))
        pointer = schema.get("$ref")
        if not isinstance(pointer, str):
            return rest
        if pointer in within:
            return _beside(dict(OPEN), rest)
        target = resolve(self._root, pointer)
        return _beside(self.of(target, depth + 1, within | {pointer}), rest)


def over(schema: dict[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    """The schema with `change` applied to each of its direct subschemas."""
    changed: dict[str, Any] = {}
    for key, value in schema.items():
        if isinstance(value, dict) and key in NAMED:
            changed[key] = {name: change(each) for name, each in value.items()}
        elif isinstance(value, list) and key in MANY:
            changed[key] = [change(each) for each in value]
        elif isinstance(value, dict) and key in ONE:
            changed[key] = change(value)
        else:
            changed[key] = value
    return changed


def resolve(root: Any, pointer: str) -> Any:
    """The target of a local JSON pointer such as `#/$defs/node`; True (any value) if there is none."""
    found = root
    if pointer[:2] != "#/":
        return root if pointer == "#" else True
    for step in pointer[2:].split("/"):
        name = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and name in found:
            found = found[name]
        elif isinstance(found, list) and name.isdecimal() and int(name[:9]) < len(found):
            found = found[int(name[:9])]
        else:
            return True
    return found if isinstance(found, dict | bool) else True


def _beside(target: Any, rest: dict[str, Any]) -> Any:
    """A reference's target combined with the reference's sibling keywords."""
    if not rest or target is False:
        return target
    if not isinstance(target, dict):
        return rest
    if rest.keys() <= REMARKS:
        return {**target, **rest}
    return {"allOf": [target, rest]}


def merged(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its `allOf` merged in; of two contradictory keywords the first one stands."""
    members = schema.get("allOf")
    if not isinstance(members, list):
        return {key: value for key, value in schema.items() if key != "allOf"}
    both = {key: value for key, value in schema.items() if key != "allOf"}
    for member in members:
        if isinstance(member, dict):
            both = _both(both, merged(member) if "allOf" in member else member)
    return both


def _both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    both = dict(one)
    for key, value in other.items():
        join = _JOINS.get(key)
        if key not in both:
            both[key] = value
        elif join is not None:
            joined = join(both[key], value)
            both[key] = both[key] if joined is None else joined
    return both


def _properties(one: Any, other: Any) -> Any:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return None
    both = dict(one)
    for name, schema in other.items():
        both[name] = _schemas(both[name], schema) if name in both else schema
    return both


def _schemas(one: Any, other: Any) -> Any:
    if one is False or other is False:
        return False
    if one == other or not isinstance(other, dict):
        return one
    return {"allOf": [one, other]} if isinstance(one, dict) else other


def _union(one: Any, other: Any) -> Any:
    if not isinstance(one, list) or not isinstance(other, list):
        return None
    return [*one, *(each for each in other if each not in one)]


def _common(one: Any, other: Any) -> Any:
    if not isinstance(one, list) or not isinstance(other, list):
        return None
    return [each for each in one if each in other] or None


def _types(one: Any, other: Any) -> Any:
    left, right = types_of(one), types_of(other)
    kept = [
        each
        for each in [*left, *(new for new in right if new not in left)]
        if (each in left or (each == "integer" and "number" in left))
        and (each in right or (each == "integer" and "number" in right))
    ]
    if "number" in kept:
        kept = [each for each in kept if each != "integer"]
    return (kept[0] if len(kept) == 1 else kept) or None


def _either(one: Any, other: Any) -> Any:
    if not isinstance(one, list) or not isinstance(other, list) or len(one) * len(other) > _MOST_PRODUCT:
        return None
    return [_schemas(*pair) for pair in product(one, other)]


def _bound(pick: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def join(one: Any, other: Any) -> Any:
        numbers = is_number(one) and is_number(other)
        return pick(one, other) if numbers else None

    return join


_JOINS: Mapping[str, Callable[[Any, Any], Any]] = {
    "properties": _properties,
    "required": _union,
    "enum": _common,
    "type": _types,
    "items": _schemas,
    "anyOf": _either,
    "oneOf": _either,
    "additionalProperties": lambda one, other: False if other is False else None,
    **dict.fromkeys(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"], _bound(max)),
    **dict.fromkeys(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"], _bound(min)),
}


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def types_of(declared: Any) -> list[str]:
    """The known types of a `type`, in lower case, each once."""
    listed = declared if isinstance(declared, list) else [declared]
    lower = [each.lower() for each in listed if isinstance(each, str)]
    return [each for each in dict.fromkeys(lower) if each in TYPES]


TYPES = frozenset(["string", "number", "integer", "boolean", "object", "array", "null"])


def type_of(value: Any) -> str:
    """The JSON Schema type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    kinds = {str: "string", int: "integer", float: "number", list: "array"}
    return kinds.get(type(value), "object")


def guessed_types(schema: dict[str, Any]) -> list[str]:
    """A schema's types: as declared, otherwise inferred from its other keywords; [] if none imply a type."""
    declared = types_of(schema.get("type"))
    if declared:
        return declared
    values = schema.get("enum")
    if isinstance(values, list) and values:
        found = list(dict.fromkeys(type_of(value) for value in values))
        return [each for each in found if each != "integer" or "number" not in found]
    for key, kind in _TELLING:
        if key in schema:
            return [kind]
    return []


_TELLING = (
    ("properties", "object"),
    ("required", "object"),
    ("additionalProperties", "object"),
    ("patternProperties", "object"),
    ("items", "array"),
    ("prefixItems", "array"),
    ("minItems", "array"),
    ("maxItems", "array"),
    ("pattern", "string"),
    ("minLength", "string"),
    ("maxLength", "string"),
    ("minimum", "number"),
    ("maximum", "number"),
    ("multipleOf", "number"),
)


def plain(schema: Any) -> dict[str, Any]:
    """One level of a schema in fewer keywords: no allOf, oneOf or const, and `items` as one schema."""
    if not isinstance(schema, dict):
        return {}
    said = merged(schema)
    if "const" in said:
        said["enum"] = [said.pop("const")]
    if "oneOf" in said:
        either = said.pop("oneOf")
        said["anyOf"] = said.get("anyOf", either)
    kinds = said.get("prefixItems") or said.get("items")
    said.pop("prefixItems", None)
    if isinstance(kinds, list):
        kinds = [each for each in kinds if isinstance(each, dict)]
        said["items"] = kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {}
    return said
