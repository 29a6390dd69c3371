"""The cache on the request path: who gets a stored answer, who leads, what is stored."""
