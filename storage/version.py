"""The schema version that this code reads and writes."""

SCHEMA_VERSION = "0020"  # the newest file in migrations/versions; a test keeps them equal
