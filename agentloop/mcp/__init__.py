"""What speaks with MCP servers; imported only where the configuration declares one."""
