"""SQL engines: one schema, deadlines, migrations."""
