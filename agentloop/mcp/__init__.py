"""MCP clients; imported only if the configuration declares such a server."""
