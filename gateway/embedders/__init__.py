"""The embedders: what turns texts into vectors for the semantic cache."""
