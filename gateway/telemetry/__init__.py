"""Metrics and logs, which never contain bodies or keys."""
