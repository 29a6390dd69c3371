"""HTTP, the request path and the vendors: the only room that knows any of them."""
