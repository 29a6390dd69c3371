"""What speaks with databases that tools ask; imported only where the configuration declares one."""
