"""Tokens that come out, reasoning too."""

from config.limit import LimitKind

LIMIT = LimitKind("end", lambda amounts: amounts.output, "output tokens", "tokens")
