"""Was this answered before: fingerprints and bytes."""
