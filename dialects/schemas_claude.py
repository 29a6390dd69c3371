"""JSON Schemas as Claude's structured outputs accept them: closed, without bounds, not recursive.

Anthropic and Bedrock reject every other keyword: the omitted ones are put into the description, for the model
to read, and answers are still validated against the caller's own schema.

https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from dialects.conversation import Extra
from dialects.schemas import DEEPEST, DEFINITIONS, REMARKS, inline, merged, over, resolve, types_of

_ENCODE = msgspec.json.Encoder().encode
_WAYS = frozenset(["anyOf", "oneOf"])
_NOT_AT_ROOT = _WAYS | {"allOf", "$ref"}
_TAKEN = DEFINITIONS | frozenset(
    "type enum const anyOf $ref properties required items title description default".split()
)
_FORMATS = frozenset("date-time time date duration email hostname uri ipv4 ipv6 uuid".split())
# Lookaround, backreferences and word boundaries.
_HARD_PATTERN = re.compile(r"\(\?(?:[=!]|<[=!])|\\[bB1-9]")
_SILENT = REMARKS | frozenset(["$schema", "$id", "$anchor", "additionalProperties", "nullable"])
_MOST_WORDS = 1000  # characters of omitted keywords that a description may get


def for_claude(schema: Any) -> Any:
    """The schema in accepted keywords; it allows more than the original, except that objects are closed."""
    whole = inline(schema) if _must_inline(schema) else schema
    return _told(whole, 0)


def of_tool(schema: Extra, *, strict: bool | None) -> Extra:
    """A tool's schema with an object at its root; if `strict`, in the accepted keywords only."""
    root = rooted(schema)
    if not strict:
        return root
    told: Extra = for_claude({"type": "object", **root})
    return told


def rooted(schema: Extra) -> Extra:
    """A tool's schema with an object at its root, which has the members of all its alternatives.

    "input_schema does not support oneOf, allOf, or anyOf at the top level"; nor does the vendor follow a
    reference to find the type that it requires there.
    """
    if not _NOT_AT_ROOT & schema.keys():
        return schema
    if not _WAYS & schema.keys() and "allOf" not in schema:
        return _unreferred(schema)
    said = merged(inline(schema))
    ways = [
        merged(way)
        for name in sorted(_WAYS)
        for way in _listed(said.pop(name, None))
        if isinstance(way, dict)
    ]
    kinds: dict[str, list[Any]] = {}
    for each in (said, *ways):
        for name, kind in _named(each.get("properties")):
            if kind not in kinds.setdefault(name, []):
                kinds[name].append(kind)
    said["properties"] = {
        name: each[0] if len(each) == 1 else {"anyOf": each} for name, each in kinds.items()
    }
    demanded = [_texts(way.get("required")) for way in ways]
    always = _texts(said.get("required")).union(set.intersection(*demanded) if demanded else ())
    if always:
        said["required"] = sorted(always)
    return said


def _unreferred(schema: Extra) -> Extra:
    """The target of a reference at the root, with the definitions that it may itself use."""
    target = resolve(schema, str(schema["$ref"]))
    if not isinstance(target, dict) or _NOT_AT_ROOT & target.keys():
        return schema
    return {**target, **{name: value for name, value in schema.items() if name != "$ref"}}


def _listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _named(found: Any) -> Iterable[tuple[str, Any]]:
    return found.items() if isinstance(found, dict) else ()


def _texts(found: Any) -> set[str]:
    return {each for each in _listed(found) if isinstance(each, str)}


def _told(schema: Any, depth: int) -> Any:
    if not isinstance(schema, dict):
        return {} if schema is True else schema
    if depth > DEEPEST:
        return {"type": "object", "additionalProperties": False}
    kept, left = _sorted(_plain(schema))
    kept = over(kept, lambda each: _told(each, depth + 1))
    for name in DEFINITIONS & kept.keys():
        if isinstance(kept[name], dict):
            kept[name] = {named: _told(each, depth + 1) for named, each in kept[name].items()}
    if isinstance(kept.get("properties"), dict):
        kept.setdefault("type", "object")
        if isinstance(kept.get("required"), list):
            # A closed object cannot have a member that it does not declare.
            kept["required"] = [name for name in kept["required"] if _is_in(name, kept["properties"])]
    if "object" in types_of(kept.get("type")):
        kept["additionalProperties"] = False
    if left:
        kept["description"] = _described(kept.get("description"), left)
    return kept


def _sorted(said: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The accepted keywords, and those that must go into the description."""
    kept: dict[str, Any] = {}
    left: dict[str, Any] = {}
    for name, value in said.items():
        if name in _TAKEN and not _is_hard_enum(name, value) or _is_taken(name, value):
            kept[name] = value
        elif name not in _SILENT:
            left[name] = value
    return kept, left


def _is_hard_enum(name: str, value: Any) -> bool:
    return name == "enum" and isinstance(value, list) and any(isinstance(each, dict | list) for each in value)


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """One level without allOf and oneOf, and with OpenAPI's `nullable` as the type null."""
    said = merged(schema) if "allOf" in schema else dict(schema)
    if "oneOf" in said:
        either = said.pop("oneOf")
        said.setdefault("anyOf", either)
    kinds = types_of(said.get("type"))
    if said.get("nullable") is True and kinds and "null" not in kinds:
        said["type"] = [*kinds, "null"]
        if isinstance(said.get("enum"), list) and None not in said["enum"]:
            said["enum"] = [*said["enum"], None]
    if isinstance(said.get("items"), list):
        said["prefixItems"] = said.pop("items")
    return said


def _is_in(name: Any, properties: dict[str, Any]) -> bool:
    return isinstance(name, str) and name in properties


def _is_taken(name: str, value: Any) -> bool:
    match name:
        case "format":
            return isinstance(value, str) and value in _FORMATS
        case "minItems":
            return value in (0, 1)
        case "pattern":
            return isinstance(value, str) and _HARD_PATTERN.search(value) is None
    return False


def _described(description: Any, left: Mapping[str, Any]) -> str:
    """The description with the omitted keywords appended as JSON Schema."""
    try:
        words = _ENCODE(left).decode()
    except (TypeError, ValueError, RecursionError):
        words = ""
    if not words or len(words) > _MOST_WORDS:
        words = ", ".join(left)
    more = f"Also valid against {words}."
    return f"{description}\n{more}" if isinstance(description, str) and description else more


def _must_inline(root: Any) -> bool:
    """Whether a reference is recursive, points outside the schema, or has sibling keywords."""
    known: set[str] = set()

    def bad(schema: Any, depth: int, within: frozenset[str]) -> bool:
        if not isinstance(schema, dict):
            return False
        if depth > DEEPEST:
            return True
        pointer = schema.get("$ref")
        if isinstance(pointer, str):
            beside = schema.keys() - DEFINITIONS - {"$ref"}
            if beside or pointer in within or not pointer.startswith("#/"):
                return True
            if pointer not in known:
                if bad(resolve(root, pointer), depth + 1, within | {pointer}):
                    return True
                known.add(pointer)
        every = schema.get("allOf")
        if isinstance(every, list) and any(isinstance(each, dict) and "$ref" in each for each in every):
            return True
        inner: list[Any] = []
        over({key: value for key, value in schema.items() if key not in DEFINITIONS}, inner.append)
        return any(bad(each, depth + 1, within) for each in inner)

    return bad(root, 0, frozenset(["#"]))
