"""Calls, counted when they are admitted."""

from config.limit import LimitKind

LIMIT = LimitKind("start", lambda amounts: 1, "requests", "requests")
