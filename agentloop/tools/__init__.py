"""Kinds of tools: each file runs one, and its name is the kind in the YAML."""
