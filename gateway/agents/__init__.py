"""Agent runs over HTTP, and what they need from the rest of the gateway."""
