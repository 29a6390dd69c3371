"""The vendors: one file each, mostly data."""
