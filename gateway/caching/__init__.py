"""The cache on the request path: which calls get a stored answer, which lead, what is stored."""
