"""Tokens in and out together."""

from config.limit import LimitKind

LIMIT = LimitKind("end", lambda amounts: amounts.input + amounts.output, "tokens", "tokens")
