"""Responses that vendors store: who owns them, and who may continue them."""
