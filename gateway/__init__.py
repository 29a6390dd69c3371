"""The door and the road: the only room that knows HTTP and vendors."""
