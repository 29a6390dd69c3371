"""The server side of a call: HTTP from clients, cheap enough for the hot path."""
