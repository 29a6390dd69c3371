"""Output tokens, including reasoning."""

from config.limit import LimitKind

LIMIT = LimitKind("end", lambda amounts: amounts.output, "output tokens", "tokens")
