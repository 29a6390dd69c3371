"""A value of the configuration, and its position in the file."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

Scalar = str | int | Decimal | bool | None

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?[0-9]{1,18}\.[0-9]{1,18}")
_WORDS: Mapping[str, Scalar] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


@dataclass(slots=True)
class Node:
    """A value and its position. `text` is a scalar as written, for messages and exact numbers."""

    value: "Scalar | list[Node] | dict[str, Node]"
    line: int
    column: int
    text: str = ""
    plain: bool = False  # written without quotes
    path: str = ""
    origin: str = ""  # a reference's source: "env NAME", "file /path"; "" for values in the file
    key_line: int = 0
    key_column: int = 0

    def get(self, *steps: str | int) -> "Node | None":
        """The node below along these steps, or None."""
        node: Node | None = self
        for step in steps:
            inner = node.value if node is not None else None
            if isinstance(inner, dict):
                node = inner.get(str(step))
            elif isinstance(inner, list) and isinstance(step, int) and step < len(inner):
                node = inner[step]
            else:
                return None
        return node

    def walk(self) -> "Iterator[Node]":
        """This node and all nodes below it, in the order of the file."""
        yield self
        if isinstance(self.value, dict):
            for child in self.value.values():
                yield from child.walk()
        elif isinstance(self.value, list):
            for child in self.value:
                yield from child.walk()

    def to_plain(self) -> object:
        """The values without positions."""
        if isinstance(self.value, dict):
            return {key: child.to_plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.to_plain() for child in self.value]
        return self.value


def scalar(text: str) -> Scalar:
    """The value of an unquoted scalar: YAML 1.2's null, booleans and numbers; anything else is text.

    So `no`, `on`, `010` and `2024-10-21` are text, and `0.15` is an exact decimal.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text
