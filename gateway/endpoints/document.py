"""The OpenAPI document's entries for the paths that vendors' SDKs call."""

from collections.abc import Mapping
from typing import Any

from gateway.admin.openapi import Endpoint

_TEXT = {"type": "string"}
_OBJECT: Mapping[str, Any] = {"type": "object"}
_JSON = "application/json"
_STREAM = "text/event-stream"


def _body(required: list[str], **properties: Any) -> Mapping[str, Any]:
    # Other members that the vendor understands pass through.
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
_RESPONSE = _body(["model", "input"], model=_TEXT, input={}, stream={"type": "boolean"})
_MESSAGES = _body(
    ["model", "max_tokens", "messages"],
    model=_TEXT,
    max_tokens={"type": "integer"},
    messages={"type": "array", "items": _OBJECT},
    stream={"type": "boolean"},
)
_COUNT = _body(["model", "messages"], model=_TEXT, messages={"type": "array", "items": _OBJECT})
_CONTENTS = _body(["contents"], contents={"type": "array", "items": _OBJECT})
_CONVERSE = _body(["messages"], messages={"type": "array", "items": _OBJECT})
_INVOKED = _body(["max_tokens", "messages"], messages={"type": "array", "items": _OBJECT})
_VERTEX = "/v1/projects/{project}/locations/{region}/publishers/anthropic/models/{model}"
_FRAMES: Mapping[str, Any] = {"application/vnd.amazon.eventstream": _TEXT}
_PROMPT = _body(["model", "prompt"], model=_TEXT, prompt=_TEXT, stream={"type": "boolean"})
_TEXTS = _body(["model", "texts"], model=_TEXT, texts={"type": "array", "items": _TEXT})
_ANSWERED = {_JSON: _OBJECT, _STREAM: _TEXT}
_LINES = {_JSON: _OBJECT, "application/x-ndjson": _TEXT}
_WHOLE = {_JSON: _OBJECT}
_FORM = "multipart/form-data"
_FILE = {"type": "string", "format": "binary"}
_IMAGE = _body(["prompt"], model=_TEXT, prompt=_TEXT, n={"type": "integer"})
_EDIT = _body(["image", "prompt"], model=_TEXT, image=_FILE, prompt=_TEXT)
_VARIATION = _body(["image"], model=_TEXT, image=_FILE)
_SPEECH = _body(["model", "input", "voice"], model=_TEXT, input=_TEXT, voice={})
_SOUND = _body(["model", "file"], model=_TEXT, file=_FILE, stream={"type": "boolean"})
_MODERATION = _body(["input"], model=_TEXT, input={})
_FEEDBACK = {
    "type": "object",
    "required": ["request_id", "score"],
    "properties": {"request_id": _TEXT, "score": {"type": "number", "minimum": 0, "maximum": 1}},
}
_RERANK = _body(["model", "query", "documents"], model=_TEXT, query=_TEXT, documents={"type": "array"})
_HEARD = {_JSON: _OBJECT, _STREAM: _TEXT, "text/plain": _TEXT}

LISTED: tuple[Endpoint, ...] = (
    Endpoint("GET", "/v1beta/models", "List the models, for Gemini's clients", None, _WHOLE),
    Endpoint("GET", "/v1beta/models/{model}", "Show a model, for Gemini's clients", None, _WHOLE),
    Endpoint("GET", "/api/tags", "List the models, for Ollama's clients", None, _WHOLE),
    Endpoint(
        "POST", "/api/show", "Show a model, for Ollama's clients", _body(["model"], model=_TEXT), _WHOLE
    ),
    Endpoint("GET", "/api/ps", "List what runs here, which is nothing, for Ollama's clients", None, _WHOLE),
    Endpoint("GET", "/api/version", "Say whose API is spoken, for Ollama's clients", None, _WHOLE),
)

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
_MESSAGE_BATCH = _body(["requests"], requests={"type": "array", "items": _OBJECT})
_LINES_TYPE = "application/x-jsonl"
_JOB = _body(["model", "training_file"], model=_TEXT, training_file=_TEXT)

_RUN = _body(["agent", "input"], agent=_TEXT, input={})
_WORD = {"type": "object", "properties": {"reason": _TEXT}}
_SWITCH = _body(["scope"], scope=_TEXT, name=_TEXT, reason=_TEXT)
_RAISE = _body(["to"], to={"type": "integer"})
_FORK = {"type": "object", "properties": {"at": {"type": "integer"}}}
_OUTPUTS = _body(["outputs"], outputs={"type": "object", "additionalProperties": _TEXT})
_RESOLUTION = _body(["call_id", "resolution"], call_id=_TEXT, resolution=_TEXT)

RUNS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/v1/responses/{response_id}",
        "Show an agent's response, or a vendor's",
        None,
        _WHOLE,
    ),
    Endpoint("POST", "/v1/responses/{response_id}/cancel", "End a response", None, _WHOLE),
    Endpoint("GET", "/v1/responses/{response_id}/input_items", "Show what it was given", None, _WHOLE),
    Endpoint("GET", "/v1/agents", "List the agents that the key may use", None, _WHOLE),
    Endpoint("GET", "/v1/agents/{name}", "Show an agent", None, _WHOLE),
    Endpoint("GET", "/v1/tools", "List the tools of those agents", None, _WHOLE),
    Endpoint("GET", "/v1/kill_switches", "List what is stopped", None, _WHOLE),
    Endpoint("POST", "/v1/kill_switches", "Stop agents, tools, models, teams or everything", _SWITCH, _WHOLE),
    Endpoint("DELETE", "/v1/kill_switches/{scope}", "Lift a stop of everything", None, _WHOLE),
    Endpoint("DELETE", "/v1/kill_switches/{scope}/{name}", "Lift a stop", None, _WHOLE),
    Endpoint("POST", "/v1/runs", "Begin a run of an agent", _RUN, _WHOLE),
    Endpoint("GET", "/v1/runs", "List the team's runs", None, _WHOLE),
    Endpoint("GET", "/v1/runs/{run_id}", "Show a run", None, _WHOLE),
    Endpoint("GET", "/v1/runs/{run_id}/events", "Follow a run's journal", None, {_STREAM: _TEXT}),
    Endpoint("GET", "/v1/runs/{run_id}/explain", "Tell why a run did what it did", None, _WHOLE),
    Endpoint("POST", "/v1/runs/{run_id}/cancel", "End a run", None, _WHOLE),
    Endpoint("POST", "/v1/runs/{run_id}/fork", "Begin a run with what another one began with", _FORK, _WHOLE),
    Endpoint("POST", "/v1/runs/{run_id}/outputs", "Say what came of handed-over calls", _OUTPUTS, _WHOLE),
    Endpoint("POST", "/v1/runs/{run_id}/pause", "Hold a run", None, _WHOLE),
    Endpoint("POST", "/v1/runs/{run_id}/resume", "Let a run go on", None, _WHOLE),
    Endpoint("POST", "/v1/runs/{run_id}/raise", "Let a run go on beyond its soft limit", _RAISE, _WHOLE),
    Endpoint("POST", "/v1/runs/{run_id}/refuse", "End a run at its soft limit", _WORD, _WHOLE),
    Endpoint("POST", "/v1/runs/{run_id}/resolve", "Say what became of a call", _RESOLUTION, _WHOLE),
    Endpoint("POST", "/v1/runs/{run_id}/approvals/{approval_id}/approve", "Approve a call", _WORD, _WHOLE),
    Endpoint("POST", "/v1/runs/{run_id}/approvals/{approval_id}/deny", "Refuse a call", _WORD, _WHOLE),
    Endpoint("GET", "/v1/approvals", "List what waits for a person's word", None, _WHOLE),
    Endpoint("GET", "/v1/approvals/{approval_id}", "Show one call that waits", None, _WHOLE),
    Endpoint("POST", "/v1/approvals/{approval_id}/approve", "Approve it", _WORD, _WHOLE),
    Endpoint("POST", "/v1/approvals/{approval_id}/deny", "Refuse it", _WORD, _WHOLE),
)

BATCHED: tuple[Endpoint, ...] = (
    Endpoint("POST", "/v1/messages/batches", "Start a batch, Anthropic's way", _MESSAGE_BATCH, _KEPT),
    Endpoint("GET", "/v1/messages/batches", "List the team's batches of messages", None, _KEPT),
    Endpoint("GET", "/v1/messages/batches/{batch}", "Show a batch of messages", None, _KEPT),
    Endpoint("DELETE", "/v1/messages/batches/{batch}", "Delete a batch of messages", None, _KEPT),
    Endpoint("POST", "/v1/messages/batches/{batch}/cancel", "Cancel a batch of messages", None, _KEPT),
    Endpoint("GET", "/v1/messages/batches/{batch}/results", "Read its results", None, {_LINES_TYPE: _TEXT}),
)

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
    Endpoint("POST", "/v1/conversations", "Make a conversation", _OBJECT, _KEPT),
    Endpoint("GET", "/v1/conversations/{conversation}", "Show a conversation", None, _KEPT),
    Endpoint("POST", "/v1/conversations/{conversation}", "Change a conversation's metadata", _OBJECT, _KEPT),
    Endpoint("DELETE", "/v1/conversations/{conversation}", "Delete a conversation", None, _KEPT),
    Endpoint("GET", "/v1/conversations/{conversation}/items", "List its items", None, _KEPT),
    Endpoint("POST", "/v1/conversations/{conversation}/items", "Add items to it", _OBJECT, _KEPT),
)

STORED: tuple[Endpoint, ...] = (
    Endpoint("DELETE", "/v1/responses/{response}", "Delete a response that a vendor keeps", None, _KEPT),
)

TOLD: tuple[Endpoint, ...] = (
    Endpoint("POST", "/v1/feedback", "Say whether an answer was right", _FEEDBACK, _WHOLE),
)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("POST", "/v1/chat/completions", "Answer a conversation, whole or streamed", _CHAT, _ANSWERED),
    Endpoint("POST", "/v1/completions", "Continue a text, whole or streamed", _COMPLETION, _ANSWERED),
    Endpoint("POST", "/v1/embeddings", "Turn texts into vectors", _EMBEDDING, {_JSON: _OBJECT}),
    Endpoint("POST", "/v1/responses", "Answer by OpenAI's Responses API", _RESPONSE, _ANSWERED),
    Endpoint("POST", "/v1/messages", "Answer by Anthropic's Messages API", _MESSAGES, _ANSWERED),
    Endpoint("POST", "/v1/messages/count_tokens", "Count a request's tokens", _COUNT, _WHOLE),
    Endpoint("POST", "/v1/responses/input_tokens", "Count a request's tokens", _RESPONSE, _WHOLE),
    Endpoint("POST", "/v1beta/models/{model}:generateContent", "Answer by Gemini's API", _CONTENTS, _WHOLE),
    Endpoint(
        "POST", "/v1beta/models/{model}:streamGenerateContent", "The same as a stream", _CONTENTS, _ANSWERED
    ),
    Endpoint("POST", "/v1beta/models/{model}:countTokens", "Count a request's tokens", _OBJECT, _WHOLE),
    Endpoint("POST", "/v1beta/models/{model}:embedContent", "Turn a text into a vector", _OBJECT, _WHOLE),
    Endpoint("POST", "/v1beta/models/{model}:batchEmbedContents", "Turn texts into vectors", _OBJECT, _WHOLE),
    Endpoint("POST", "/model/{model}/converse", "Answer by Bedrock's Converse API", _CONVERSE, _WHOLE),
    Endpoint(
        "POST",
        "/model/{model}/converse-stream",
        "The same as a stream",
        _CONVERSE,
        _FRAMES,
    ),
    *(
        Endpoint("POST", path, f"Answer by Anthropic's Messages API, as {cloud} has it", _INVOKED, answers)
        for cloud, path, answers in (
            ("Bedrock", "/model/{model}/invoke", _WHOLE),
            ("Bedrock", "/model/{model}/invoke-with-response-stream", _FRAMES),
            ("Vertex AI", f"{_VERTEX}:rawPredict", _WHOLE),
            ("Vertex AI", f"{_VERTEX}:streamRawPredict", {_STREAM: _TEXT}),
        )
    ),
    Endpoint("POST", "/v2/chat", "Answer by Cohere's API", _COUNT, _ANSWERED),
    Endpoint("POST", "/v2/embed", "Turn texts into vectors", _TEXTS, _WHOLE),
    Endpoint("POST", "/api/chat", "Answer by Ollama's API", _COUNT, _LINES),
    Endpoint("POST", "/api/generate", "Continue a text by Ollama's API", _PROMPT, _LINES),
    Endpoint("POST", "/api/embed", "Turn texts into vectors", _EMBEDDING, _WHOLE),
    Endpoint("POST", "/api/embeddings", "Turn a text into a vector", _PROMPT, _WHOLE),
    *LISTED,
    *RELAYED,
    *KEPT,
    *STORED,
    *TOLD,
    *BATCHED,
    *RUNS,
    Endpoint("GET", "/v1/models", "List the models that the key may use", None, {_JSON: _OBJECT}),
    Endpoint("GET", "/v1/models/{model}", "Show a model", None, {_JSON: _OBJECT}),
    Endpoint("GET", "/healthz", "Whether the process answers", None, {_JSON: _OBJECT}),
    Endpoint("GET", "/readyz", "Whether it can do its work, and what it cannot", None, {_JSON: _OBJECT}),
    Endpoint("GET", "/metrics", "Metrics for Prometheus", None, {"text/plain": _TEXT}),
)
