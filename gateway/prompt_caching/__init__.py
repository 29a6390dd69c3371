"""Marks prompts for vendors' own caches, where that pays."""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.deployment import Line


def with_marks(line: "Line") -> "Line":
    """The same target with its requests marked; what that takes is loaded where somebody wants it."""
    found: Line = importlib.import_module("gateway.prompt_caching.passage").marking(line)
    return found
