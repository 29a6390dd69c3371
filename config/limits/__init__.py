"""The things that can be limited, one file each; a file's name is used in the YAML."""
