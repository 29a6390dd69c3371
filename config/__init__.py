"""The operator's configuration: read, validated, frozen, swapped as a whole."""
