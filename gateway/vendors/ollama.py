"""Ollama on the operator's own machine."""

from config.kinds import VendorKind

VENDOR = VendorKind(
    name="ollama",
    title="Ollama",
    base_url="http://localhost:11434/v1",  # https://github.com/ollama/ollama/blob/main/docs/openai.md
    key_required=False,
    free=True,
    probe="/models",
)
