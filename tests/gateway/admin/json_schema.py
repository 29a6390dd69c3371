"""Just so much of JSON Schema as our document uses; any other keyword is a fault, never a pass."""

from typing import Any

_TYPES = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}
_SILENT = {"title", "description", "default", "$defs"}
_KNOWN = _SILENT | {
    *("$ref", "anyOf", "type", "const", "enum", "properties", "required", "additionalProperties"),
    *("items", "minimum", "maximum", "minLength", "maxLength"),
}


def faults(value: Any, schema: Any, document: dict[str, Any], place: str = "$") -> list[str]:
    """Where and how the value is not what the schema says; empty when it is."""
    if schema is True:
        return []
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        return faults(value, document["components"]["schemas"][name], document, place)
    found = [f"{place}: the checker does not know {word}" for word in schema.keys() - _KNOWN]
    if "anyOf" in schema and all(faults(value, each, document, place) for each in schema["anyOf"]):
        found.append(f"{place}: {value!r} fits nothing of anyOf")
    if "type" in schema and not _is(value, schema["type"]):
        return [*found, f"{place}: {value!r} is not of type {schema['type']}"]
    found += _limits(value, schema, place)
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            found += faults(item, schema["items"], document, f"{place}[{number}]")
    return found + (_members(value, schema, document, place) if isinstance(value, dict) else [])


def _is(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def _limits(value: Any, schema: Any, place: str) -> list[str]:
    broken = [
        "const" in schema and value != schema["const"],
        "enum" in schema and value not in schema["enum"],
        "minimum" in schema and value < schema["minimum"],
        "maximum" in schema and value > schema["maximum"],
        "minLength" in schema and len(value) < schema["minLength"],
        "maxLength" in schema and len(value) > schema["maxLength"],
    ]
    return [f"{place}: {value!r} breaks {schema}"] if any(broken) else []


def _members(value: dict[str, Any], schema: Any, document: dict[str, Any], place: str) -> list[str]:
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    found = [f"{place}: {name} is missing" for name in schema.get("required", []) if name not in value]
    for name, member in value.items():
        below = properties.get(name, others)
        if below is False:
            found.append(f"{place}: {name} is not in the schema")
        else:
            found += faults(member, below, document, f"{place}.{name}")
    return found
