"""What stands around the attempts of a group that wants more than an answer."""
