"""Marks prompts for vendors' own caches, if that pays."""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.deployment import Line


def with_marks(line: "Line") -> "Line":
    """The same target with its requests marked; the code for that is loaded at the first use."""
    found: Line = importlib.import_module("gateway.prompt_caching.passage").marking(line)
    return found
