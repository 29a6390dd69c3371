"""Remembered answers on the road: who is given one, who asks for others too, what is kept."""
