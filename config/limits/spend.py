"""Money, in nano-dollars: what a budget counts."""

from config.limit import LimitKind

LIMIT = LimitKind("end", lambda amounts: amounts.cost, "dollars")
