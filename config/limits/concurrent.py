"""Calls in flight at the same time."""

from config.limit import LimitKind

LIMIT = LimitKind("while", lambda amounts: 1, "open requests")
