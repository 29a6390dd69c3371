"""OpenRouter: a market of vendors behind one key; model names are `author/model`."""

from config.kinds import RESPONSES_PATHS, VendorKind

VENDOR = VendorKind(
    name="openrouter",
    title="OpenRouter",
    base_url="https://openrouter.ai/api/v1",  # https://openrouter.ai/docs/api-reference/overview
    paths=RESPONSES_PATHS,
    env_keys=("OPENROUTER_API_KEY",),
    prices="openrouter",
    # Fallback models, which a key may not be allowed to use, and for which a budget has no price:
    # https://openrouter.ai/docs/features/model-routing
    drops=frozenset({"models", "route"}),
    # It picks one of the vendors that serve a model, and bills that vendor's price:
    # https://openrouter.ai/docs/use-cases/usage-accounting
    tells_cost=True,
)
