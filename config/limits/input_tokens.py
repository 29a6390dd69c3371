"""Input tokens, including cached ones."""

from config.limit import LimitKind

LIMIT = LimitKind("end", lambda amounts: amounts.input, "input tokens", "tokens")
