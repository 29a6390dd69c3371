"""The guards, one file each: its name is the kind in the YAML."""
