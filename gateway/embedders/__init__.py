"""What turns texts into vectors for the semantic cache."""
