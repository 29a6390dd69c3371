"""The difficulty of a conversation: features of its text, models of success, and the dial."""
