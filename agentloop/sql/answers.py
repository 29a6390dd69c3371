"""A statement's result as a model sees it: limited rows and bytes, and whether there is more."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import msgspec

MAX_BYTES = 64 * 1024

_ENCODER = msgspec.json.Encoder(enc_hook=str)


class Refused(Exception):
    """The database did not execute the statement, or rolled it back. `code` may be shown to the model."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Base(Protocol):
    """A database. `read` and `write` raise Refused; after any other error the outcome is unknown."""

    async def read(self, asked: "Asked") -> str:
        """The answer of a statement that changes nothing, which the database enforces."""

    async def write(self, asked: "Asked", key: str) -> str:
        """The answer; effect and key are stored in one transaction. A known key returns the first answer."""

    async def close(self) -> None:
        """Close all connections."""


class Asked(msgspec.Struct, frozen=True):
    """One statement with its arguments. `seconds` limits its time, `rows` its result."""

    named: str
    numbered: str
    names: tuple[str, ...]
    values: dict[str, Any]
    rows: int
    seconds: float
    tool: str


def answer(rows: Iterable[Mapping[str, Any]], most: int, changed: int | None = None) -> str:
    """`{"rows": […]}`, with `more` if rows were left out, and `changed` if that is known."""
    kept: list[msgspec.Raw] = []
    size = 0
    told: dict[str, Any] = {"rows": kept}
    for row in rows:
        text = _ENCODER.encode(dict(row))
        size += len(text)
        if len(kept) == most or size > MAX_BYTES:
            told["more"] = True
            break
        kept.append(msgspec.Raw(text))
    if changed is not None:
        told["changed"] = changed
    return _ENCODER.encode(told).decode()


def plain(value: Any) -> Any:
    """An argument as a database parameter: objects and lists as JSON text."""
    return msgspec.json.encode(value).decode() if isinstance(value, dict | list) else value
