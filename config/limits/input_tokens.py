"""Tokens that go in, cached ones too."""

from config.limit import LimitKind

LIMIT = LimitKind("end", lambda amounts: amounts.input, "input tokens", "tokens")
