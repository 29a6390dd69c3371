"""Semantic caching: was something with the same meaning answered before."""
