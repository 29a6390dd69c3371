"""The difficulty of a conversation: features of its text, models of success, the dial between them."""
