"""The list of models in formats other than OpenAI's."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from dialects.errors import Malformed

_ENCODE = msgspec.json.Encoder().encode
_DETAILS = ("format", "family", "parameter_size", "quantization_level")
_METHODS = ("generateContent", "countTokens", "embedContent")
_ENDPOINTS = ("chat", "embed", "rerank")
_CAPABILITIES = {"completion_chat": True, "function_calling": True, "vision": True}
_OLLAMA_CAPABILITIES = ("completion", "tools", "vision")
OLLAMA = "0.12.6"  # the version whose API is spoken: clients refuse older ones
MOST_GEMINI, MOST_ANTHROPIC = 1000, 1000
PAGE_GEMINI, PAGE_ANTHROPIC = 50, 20


class Listed(NamedTuple):
    """A model as a caller knows it."""

    name: str
    created: int  # Unix seconds


def openai_model(model: Listed) -> dict[str, Any]:
    """One model: https://platform.openai.com/docs/api-reference/models/object."""
    return {"id": model.name, "object": "model", "created": model.created, "owned_by": "signalbox"}


def mistral_model(model: Listed) -> dict[str, Any]:
    """One model: https://docs.mistral.ai/api/endpoint/models. Its capabilities are unknown."""
    return openai_model(model) | {"type": "base", "capabilities": _CAPABILITIES}


def ollama_tags(models: Sequence[Listed]) -> bytes:
    """`GET /api/tags`: https://docs.ollama.com/api/tags. Without files, sizes and digests are empty."""
    return _ENCODE(
        {
            "models": [
                {
                    "name": model.name,
                    "model": model.name,
                    "modified_at": _time(model.created),
                    "size": 0,
                    "digest": "",
                    "details": _details(),
                }
                for model in models
            ]
        }
    )


def ollama_model(model: Listed) -> dict[str, Any]:
    """`POST /api/show`: https://docs.ollama.com/api-reference/show-model-details.

    The model's capabilities are unknown.
    """
    return {
        "modified_at": _time(model.created),
        "details": _details(),
        "model_info": {"general.architecture": "", "general.basename": model.name},
        "capabilities": _OLLAMA_CAPABILITIES,
        **dict.fromkeys(("license", "modelfile", "parameters", "template"), ""),
    }


def _details() -> dict[str, Any]:
    return {"parent_model": "", "families": []} | dict.fromkeys(_DETAILS, "")


def gemini_models(models: Sequence[Listed], page_size: int = PAGE_GEMINI, page_token: str = "") -> bytes:
    """`GET /v1beta/models`: https://ai.google.dev/api/models#method:-models.list.

    A page token is the index where the page begins. Raises Malformed for an invalid token.
    """
    start = _start(page_token, len(models))
    # https://ai.google.dev/api/models: below 1 means the default, above 1000 means 1000.
    size = min(page_size, MOST_GEMINI) if page_size > 0 else PAGE_GEMINI
    page: dict[str, Any] = {"models": [gemini_model(model) for model in models[start : start + size]]}
    if start + size < len(models):
        page["nextPageToken"] = str(start + size)
    return _ENCODE(page)


def gemini_model(model: Listed) -> dict[str, Any]:
    """One model; its token limits are unknown."""
    return {
        "name": f"models/{model.name}",
        "baseModelId": model.name,
        "version": "001",
        "displayName": model.name,
        "supportedGenerationMethods": _METHODS,
    }


def cohere_model(model: Listed) -> dict[str, Any]:
    """One model: https://docs.cohere.com/reference/get-model. Its capabilities are unknown."""
    return {"name": model.name, "is_deprecated": False, "finetuned": False, "endpoints": _ENDPOINTS}


def anthropic_models(
    models: Sequence[Listed], limit: int = PAGE_ANTHROPIC, *, after_id: str = "", before_id: str = ""
) -> bytes:
    """`GET /v1/models`: https://docs.anthropic.com/en/api/models-list.

    Raises Malformed for a cursor that is not a model's name, and for a limit out of range.
    """
    if not 1 <= limit <= MOST_ANTHROPIC:
        raise Malformed(f"limit: must be between 1 and {MOST_ANTHROPIC}.", param="limit")
    names = [model.name for model in models]
    first = _index(names, after_id, "after_id") + 1 if after_id else 0
    last = _index(names, before_id, "before_id") if before_id else len(names)
    # `before_id` selects the page that ends just before that model.
    if before_id:
        first = max(first, last - limit)
    page = models[first : min(last, first + limit)]
    more = first > 0 if before_id else first + limit < last
    return _ENCODE(
        {
            "data": [anthropic_model(model) for model in page],
            "has_more": more,
            "first_id": page[0].name if page else None,
            "last_id": page[-1].name if page else None,
        }
    )


def anthropic_model(model: Listed) -> dict[str, Any]:
    """One model: https://docs.anthropic.com/en/api/models."""
    return {
        "type": "model",
        "id": model.name,
        "display_name": model.name,
        "created_at": _time(model.created),
    }


def _start(token: str, length: int) -> int:
    if not token:
        return 0
    if not (token.isascii() and token.isdigit()) or len(token) > 9 or int(token) > length:
        raise Malformed("pageToken: no page has given this token.", param="pageToken")
    return int(token)


def _index(names: list[str], name: str, param: str) -> int:
    try:
        return names.index(name)
    except ValueError:
        raise Malformed(f"{param}: no model has this name.", param=param) from None


def _time(created: int) -> str:
    return datetime.fromtimestamp(created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
