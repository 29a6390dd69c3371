"""Responses that vendors store: whose they are, and who may continue them."""
