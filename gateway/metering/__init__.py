"""Limits and budgets on the request path: reservation, settlement, and what callers are told."""
