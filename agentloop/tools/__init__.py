"""The kinds of tools, one file each; the file's name is the kind in the YAML."""
