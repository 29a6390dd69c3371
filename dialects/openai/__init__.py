"""OpenAI's APIs, spoken by many other vendors too."""
