"""Routing: which target comes first, decided from facts and never from prompts."""
