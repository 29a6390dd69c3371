"""Validates arguments against JSON Schemas, without following external references."""

from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs
import msgspec

from agentloop.agents import ToolVersion
from agentloop.choke import Door, Guards, Remembering, unchanged

_CANONICAL = msgspec.json.Encoder(order="sorted").encode


def door(
    changed: Callable[[ToolVersion], str | None] = unchanged,
    past: Remembering | None = None,
    guards: Guards | None = None,
    looked: Callable[[ToolVersion], Awaitable[object] | None] | None = None,
) -> Door:
    """The checkpoint, with this JSON Schema validator. `changed` says why a tool differs from its pin, once
    what `looked` returns was awaited.
    """
    return Door(fits, changed, past=past, guards=guards, looked=looked)


def fits(schema: Mapping[str, Any], value: object) -> str | None:
    """What is wrong with a value according to its JSON Schema, or None; external references are refused."""
    try:
        error = next(iter(_validator(_CANONICAL(schema)).iter_errors(value)), None)
    except (jsonschema_rs.ValidationError, ValueError) as broken:
        return f"the schema itself cannot be used ({broken})"[:300]
    if error is None:
        return None
    where = ".".join(str(each) for each in error.instance_path)
    return f"{where or 'the arguments'}: {error.message}"[:500]


@lru_cache(maxsize=512)
def _validator(schema: bytes) -> jsonschema_rs.Draft202012Validator:
    """Compiled once per schema: compiling takes a hundred times as long as validating arguments."""
    return jsonschema_rs.Draft202012Validator(msgspec.json.decode(schema), retriever=_refuse)


def _refuse(uri: str) -> Any:
    raise ValueError(f"the reference {uri} leaves the schema")
