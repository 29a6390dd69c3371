"""What an account may use: counters, taken from together and settled once."""
