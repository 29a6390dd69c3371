"""What the OpenAPI document says of the paths that OpenAI's SDKs call."""

from collections.abc import Mapping
from typing import Any

from gateway.admin.openapi import Endpoint

_TEXT = {"type": "string"}
_OBJECT: Mapping[str, Any] = {"type": "object"}
_JSON = "application/json"
_STREAM = "text/event-stream"


def _body(required: list[str], **properties: Any) -> Mapping[str, Any]:
    # Whatever else the vendor understands passes through.
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": True}


_CHAT = _body(
    ["model", "messages"],
    model=_TEXT,
    messages={"type": "array", "items": _OBJECT},
    stream={"type": "boolean"},
    stream_options={"type": "object", "properties": {"include_usage": {"type": "boolean"}}},
)
_COMPLETION = _body(["model"], model=_TEXT, prompt={}, stream={"type": "boolean"})
_EMBEDDING = _body(["model", "input"], model=_TEXT, input={}, encoding_format=_TEXT)
_ANSWERED = {_JSON: _OBJECT, _STREAM: _TEXT}

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("POST", "/v1/chat/completions", "Answer a conversation, whole or streamed", _CHAT, _ANSWERED),
    Endpoint("POST", "/v1/completions", "Continue a text, whole or streamed", _COMPLETION, _ANSWERED),
    Endpoint("POST", "/v1/embeddings", "Turn texts into vectors", _EMBEDDING, {_JSON: _OBJECT}),
    Endpoint("GET", "/v1/models", "List the models that the key may use", None, {_JSON: _OBJECT}),
    Endpoint("GET", "/v1/models/{model}", "Show a model", None, {_JSON: _OBJECT}),
    Endpoint("GET", "/healthz", "Whether the process answers", None, {_JSON: _OBJECT}),
    Endpoint("GET", "/readyz", "Whether it can do its work, and what it cannot", None, {_JSON: _OBJECT}),
    Endpoint("GET", "/metrics", "Metrics for Prometheus", None, {"text/plain": _TEXT}),
)
