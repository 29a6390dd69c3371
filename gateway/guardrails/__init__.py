"""Guards on the road: which apply to a call, what is looked at, what is done about findings."""
