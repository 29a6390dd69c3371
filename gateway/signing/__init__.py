"""Authentication to vendors that need more than a fixed key in a header."""
