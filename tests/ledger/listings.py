"""Names that callers may give models: those of the public list, and what is near them."""

from collections.abc import Iterator

from genai_prices import types as public


def names_of(provider: public.Provider) -> Iterator[str]:
    """Each model's own name, and it with things around it."""
    for number, model in enumerate(provider.models):
        yield model.id
        yield (f"{model.id}-20251211", f"x/{model.id}", model.id.upper(), f"{model.id}:free")[number % 4]
    yield from ("", "nothing", "gpt-4o", "claude-sonnet-4-5-20250929", "gemini-2.5-pro", "llama-3.1-8b")
