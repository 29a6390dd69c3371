"""Perplexity: answers based on web search."""

from config.kinds import VendorKind

VENDOR = VendorKind(
    name="perplexity",
    title="Perplexity",
    base_url="https://api.perplexity.ai",  # without /v1: https://docs.perplexity.ai/api-reference/chat-completions-post
    env_keys=("PERPLEXITY_API_KEY", "PPLX_API_KEY"),
    stream_usage="always",  # every chunk carries the usage so far, and the schema has no stream_options
    prices="perplexity",
    # Besides tokens it bills requests (by search context), searches and citations; answers report the total
    # cost: https://docs.perplexity.ai/docs/getting-started/pricing
    tells_cost=True,
    bare_models=("sonar", "sonar-*"),
)
