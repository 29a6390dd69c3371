"""Input and output tokens together."""

from config.limit import LimitKind

LIMIT = LimitKind("end", lambda amounts: amounts.input + amounts.output, "tokens", "tokens")
