"""How hard a conversation looks: features of its text, models of who will do, the dial between them."""
