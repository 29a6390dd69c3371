"""Limits and budgets on the road: what is held for a call, what is told of it, what comes back."""
