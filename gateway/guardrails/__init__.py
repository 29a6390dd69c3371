"""Guards on the request path: which apply to a call, what they inspect, what happens to findings."""
