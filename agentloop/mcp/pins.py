"""Pins: how an MCP server described its tools when the operator reviewed them, as digests."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec

MAX_SCHEMA_BYTES = 256 * 1024
MAX_SCHEMA_DEPTH = 32
MAX_DESCRIPTION = 4096  # characters shown to a model

_ENCODE = msgspec.json.Encoder(order="sorted").encode


class Listed(msgspec.Struct, frozen=True):
    """One tool as a server lists it; `output` is None if it declares no output schema."""

    name: str
    title: str
    description: str
    arguments: dict[str, Any]  # JSON Schema
    output: dict[str, Any] | None

    @property
    def digest(self) -> str:
        """`sha256:` and 64 hexadecimal digits, over everything listed about the tool."""
        return "sha256:" + sha256(_ENCODE(self)).hexdigest()

    @property
    def pin(self) -> dict[str, Any]:
        """What a configuration stores of it."""
        return {
            "digest": self.digest,
            "description": self.description[:MAX_DESCRIPTION],
            "arguments": self.arguments,
            "output": self.output,
        }


def unusable(listed: Listed) -> str | None:
    """Why a schema is refused; None if it is accepted."""
    for schema in (listed.arguments, listed.output or {}):
        if len(_ENCODE(schema)) > MAX_SCHEMA_BYTES:
            return f"a schema of over {MAX_SCHEMA_BYTES} bytes"
        if _depth(schema) > MAX_SCHEMA_DEPTH:
            return f"a schema that is nested over {MAX_SCHEMA_DEPTH} deep"
    return None


def _depth(value: Any) -> int:
    level, deepest = [value], 0
    while level and deepest <= MAX_SCHEMA_DEPTH:
        deepest += 1
        inner: list[Any] = []
        for each in level:
            if isinstance(each, Mapping):
                inner += each.values()
            elif isinstance(each, list):
                inner += each
        level = [each for each in inner if isinstance(each, Mapping | list)]
    return deepest
