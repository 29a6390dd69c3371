"""The operator's configuration: read, validated, frozen and swapped as a whole."""
