"""Embedders turn texts into vectors, for the semantic cache and for guards."""
