"""The admin API: one table of routes, from which it is both served and documented."""
