"""OpenAI's APIs, which many other vendors speak too."""
