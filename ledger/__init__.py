"""Who may ask, how much it costs, what happened."""
