"""Limits and budgets on the request path: reservation, settlement, headers and errors for callers."""
