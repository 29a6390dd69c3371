"""Batches that the gateway runs itself: the files they are made of, and the work on them."""
