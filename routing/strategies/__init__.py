"""One strategy per file; the file's name is its name in the YAML."""
