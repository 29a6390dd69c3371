"""The admin API, served and documented from one table of routes."""
