"""The things that can be limited, one file each; the file's name is its name in the YAML."""
