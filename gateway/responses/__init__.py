"""Responses that vendors keep: whose they are, and who may go on with them."""
