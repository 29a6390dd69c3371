"""How requests prove who sends them, where a fixed key in a header is not enough."""
