"""Texts that want to be orders: how they hide, what they say, how likely a text is one."""
