"""The kinds of tools, one module each; the module's name is the kind in the YAML."""
