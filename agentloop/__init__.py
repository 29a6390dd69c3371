"""Agent runs of many steps: they call the gateway's request path, never a vendor."""
