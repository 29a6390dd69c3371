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
_FORM = "multipart/form-data"
_FILE = {"type": "string", "format": "binary"}
_IMAGE = _body(["prompt"], model=_TEXT, prompt=_TEXT, n={"type": "integer"})
_EDIT = _body(["image", "prompt"], model=_TEXT, image=_FILE, prompt=_TEXT)
_VARIATION = _body(["image"], model=_TEXT, image=_FILE)
_SPEECH = _body(["model", "input", "voice"], model=_TEXT, input=_TEXT, voice={})
_SOUND = _body(["model", "file"], model=_TEXT, file=_FILE, stream={"type": "boolean"})
_MODERATION = _body(["input"], model=_TEXT, input={})
_RERANK = _body(["model", "query", "documents"], model=_TEXT, query=_TEXT, documents={"type": "array"})
_HEARD = {_JSON: _OBJECT, _STREAM: _TEXT, "text/plain": _TEXT}

RELAYED: tuple[Endpoint, ...] = (
    Endpoint("POST", "/v1/images/generations", "Draw images", _IMAGE, _ANSWERED),
    Endpoint("POST", "/v1/images/edits", "Change an image", _EDIT, _ANSWERED, _FORM),
    Endpoint("POST", "/v1/images/variations", "Vary an image", _VARIATION, {_JSON: _OBJECT}, _FORM),
    Endpoint("POST", "/v1/audio/speech", "Speak a text", _SPEECH, {"audio/*": _FILE, _STREAM: _TEXT}),
    Endpoint("POST", "/v1/audio/transcriptions", "Write down what is said", _SOUND, _HEARD, _FORM),
    Endpoint("POST", "/v1/audio/translations", "Write it down in English", _SOUND, _HEARD, _FORM),
    Endpoint("POST", "/v1/moderations", "Judge texts", _MODERATION, {_JSON: _OBJECT}),
    Endpoint("POST", "/v1/rerank", "Put documents in an order", _RERANK, {_JSON: _OBJECT}),
    Endpoint("POST", "/v2/rerank", "Put documents in an order, Cohere's way", _RERANK, {_JSON: _OBJECT}),
)

_KEPT = {_JSON: _OBJECT}
_UPLOAD = _body(["file", "purpose"], file=_FILE, purpose=_TEXT)
_BATCH = _body(["input_file_id", "endpoint", "completion_window"], input_file_id=_TEXT, endpoint=_TEXT)
_JOB = _body(["model", "training_file"], model=_TEXT, training_file=_TEXT)

KEPT: tuple[Endpoint, ...] = (
    Endpoint("POST", "/v1/files", "Keep a file at a vendor", _UPLOAD, _KEPT, _FORM),
    Endpoint("GET", "/v1/files", "List the team's files", None, _KEPT),
    Endpoint("GET", "/v1/files/{file}", "Show a file", None, _KEPT),
    Endpoint("DELETE", "/v1/files/{file}", "Delete a file", None, _KEPT),
    Endpoint("GET", "/v1/files/{file}/content", "Read a file", None, {"*/*": _FILE}),
    Endpoint("POST", "/v1/batches", "Start a batch", _BATCH, _KEPT),
    Endpoint("GET", "/v1/batches", "List the team's batches", None, _KEPT),
    Endpoint("GET", "/v1/batches/{batch}", "Show a batch", None, _KEPT),
    Endpoint("POST", "/v1/batches/{batch}/cancel", "Cancel a batch", None, _KEPT),
    Endpoint("POST", "/v1/fine_tuning/jobs", "Start a fine-tuning", _JOB, _KEPT),
    Endpoint("GET", "/v1/fine_tuning/jobs", "List the team's fine-tunings", None, _KEPT),
    Endpoint("GET", "/v1/fine_tuning/jobs/{job}", "Show a fine-tuning", None, _KEPT),
    Endpoint("POST", "/v1/vector_stores", "Make a vector store", _OBJECT, _KEPT),
    Endpoint("GET", "/v1/vector_stores", "List the team's vector stores", None, _KEPT),
    Endpoint("GET", "/v1/vector_stores/{store}", "Show a vector store", None, _KEPT),
    Endpoint("DELETE", "/v1/vector_stores/{store}", "Delete a vector store", None, _KEPT),
)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("POST", "/v1/chat/completions", "Answer a conversation, whole or streamed", _CHAT, _ANSWERED),
    Endpoint("POST", "/v1/completions", "Continue a text, whole or streamed", _COMPLETION, _ANSWERED),
    Endpoint("POST", "/v1/embeddings", "Turn texts into vectors", _EMBEDDING, {_JSON: _OBJECT}),
    *RELAYED,
    *KEPT,
    Endpoint("GET", "/v1/models", "List the models that the key may use", None, {_JSON: _OBJECT}),
    Endpoint("GET", "/v1/models/{model}", "Show a model", None, {_JSON: _OBJECT}),
    Endpoint("GET", "/healthz", "Whether the process answers", None, {_JSON: _OBJECT}),
    Endpoint("GET", "/readyz", "Whether it can do its work, and what it cannot", None, {_JSON: _OBJECT}),
    Endpoint("GET", "/metrics", "Metrics for Prometheus", None, {"text/plain": _TEXT}),
)
