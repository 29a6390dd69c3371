"""OpenAI's APIs, spoken by many others too."""
