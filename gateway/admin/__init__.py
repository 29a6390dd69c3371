"""The administrative API: one table of routes, served and documented from the same lines."""
