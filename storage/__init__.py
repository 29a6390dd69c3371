"""SQL and Redis: one schema, deadlines, migrations."""
