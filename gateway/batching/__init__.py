"""Batches that the gateway runs itself: their files, and their execution."""
