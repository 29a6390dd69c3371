"""Semantic caching: whether a text with the same meaning was answered before."""
