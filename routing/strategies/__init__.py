"""One strategy a file; the file's name is its name in the YAML."""
