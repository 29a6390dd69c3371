"""Cerebras: open models on wafer-size chips."""

from config.kinds import VendorKind

VENDOR = VendorKind(
    name="cerebras",
    title="Cerebras",
    base_url="https://api.cerebras.ai/v1",
    env_keys=("CEREBRAS_API_KEY",),
    # Each is answered with a 400: https://inference-docs.cerebras.ai/resources/openai
    drops=frozenset({"frequency_penalty", "logit_bias", "presence_penalty"}),
    prices="cerebras",
)
