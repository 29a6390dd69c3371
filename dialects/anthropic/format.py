"""Schemas of answers and tools, as Anthropic's Messages take them.

https://platform.claude.com/docs/en/build-with-claude/structured-outputs
"""

from collections.abc import Iterable
from typing import Any

from dialects.anthropic.blocks import NAME, object_at
from dialects.conversation import Conversation, Extra, Format
from dialects.schemas import DEEPEST, DEFINITIONS, inline, merged, over, types_of


def read_format(found: Any) -> Format | None:
    """The schema that an answer is to fit."""
    if found is None:
        return None
    schema = object_at(found, "output_config.format").get("schema")
    return Format("schema", object_at(schema, "output_config.format.schema"))


def write_format(conversation: Conversation) -> Extra | None:
    """The wish for a schema; there is none for any JSON object."""
    form = conversation.format
    if form is None or form.schema is None:
        return None
    schema = form.schema if conversation.dialect == NAME else closed(form.schema)
    return {"type": "json_schema", "schema": schema}


def closed(schema: Any, depth: int = 0) -> Any:
    """The schema with no members beyond those it names.

    "For 'object' type, 'additionalProperties' must be explicitly set to false": other formats demand that of
    nobody, or of strict schemas alone.
    """
    if not isinstance(schema, dict) or depth > DEEPEST:
        return schema
    new = over(schema, lambda each: closed(each, depth + 1))
    for name in DEFINITIONS & new.keys():
        if isinstance(new[name], dict):
            new[name] = {member: closed(each, depth + 1) for member, each in new[name].items()}
    if "object" in types_of(new.get("type")):
        new["additionalProperties"] = False
    return new


def rooted(schema: Extra) -> Extra:
    """A tool's schema as one object at its root, which knows every member that one of its ways has.

    "input_schema does not support oneOf, allOf, or anyOf at the top level".
    """
    if not _WAYS & schema.keys() and "allOf" not in schema:
        return schema
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


def _listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _named(found: Any) -> Iterable[tuple[str, Any]]:
    return found.items() if isinstance(found, dict) else ()


def _texts(found: Any) -> set[str]:
    return {each for each in _listed(found) if isinstance(each, str)}


_WAYS = frozenset(["anyOf", "oneOf"])
