"""One thing that can be limited a file; the file's name is its name in the YAML."""
