"""Who is asked first: pure decisions over facts, never over prompts."""
