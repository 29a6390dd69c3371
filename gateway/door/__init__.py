"""The server side of a call: HTTP from clients, cheap enough to stand before the road."""
