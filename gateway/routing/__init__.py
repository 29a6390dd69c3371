"""Planning on the request path: what it knows about calls and targets, and callers' controls."""
