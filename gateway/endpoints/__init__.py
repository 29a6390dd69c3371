"""The HTTP endpoints: what is served at which path."""
