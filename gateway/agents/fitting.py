"""Arguments held against JSON Schemas, of which no reference leads anywhere."""

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from agentloop.choke import Door


def door() -> Door:
    """The one door, with this judge of arguments."""
    return Door(fits)


def fits(schema: Mapping[str, Any], value: object) -> str | None:
    """What is wrong with a value, by its JSON Schema; no reference leaves the schema."""
    try:
        validator = jsonschema_rs.Draft202012Validator(dict(schema), retriever=_refuse)
        error = next(iter(validator.iter_errors(value)), None)
    except (jsonschema_rs.ValidationError, ValueError) as broken:
        return f"the schema itself cannot be used ({broken})"[:300]
    if error is None:
        return None
    where = ".".join(str(each) for each in error.instance_path)
    return f"{where or 'the arguments'}: {error.message}"[:500]


def _refuse(uri: str) -> Any:
    raise ValueError(f"the reference {uri} leaves the schema")
