"""Database clients for tools; imported only if the configuration declares such a server."""
