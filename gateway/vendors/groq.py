"""Groq: open models on its own chips."""

from config.kinds import RESPONSES_PATHS, VendorKind

VENDOR = VendorKind(
    name="groq",
    title="Groq",
    base_url="https://api.groq.com/openai/v1",
    paths=RESPONSES_PATHS,
    env_keys=("GROQ_API_KEY",),
    # "Currently unsupported": a 400 each. https://console.groq.com/docs/openai
    drops=frozenset({"logprobs", "logit_bias", "top_logprobs"}),
    cannot=frozenset(["thinking"]),  # https://console.groq.com/docs/reasoning: out, never in
    prices="groq",
)
