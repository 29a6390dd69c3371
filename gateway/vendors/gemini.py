"""Google's Gemini API for developers; Vertex AI is a separate vendor."""

from types import MappingProxyType

from config.kinds import Operation, VendorKind

_MODEL = "/v1beta/models/{model}"

VENDOR = VendorKind(
    name="gemini",
    title="Gemini API",
    base_url="https://generativelanguage.googleapis.com",  # https://ai.google.dev/api
    env_keys=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    auth_header="x-goog-api-key",
    auth_prefix="",
    paths=MappingProxyType(
        {
            Operation.GENERATE_CONTENT: f"{_MODEL}:generateContent",
            Operation.COUNT_CONTENTS: f"{_MODEL}:countTokens",
            # First, so that translated requests use it: other formats send several texts at once.
            Operation.BATCH_EMBED_CONTENTS: f"{_MODEL}:batchEmbedContents",
            Operation.EMBED_CONTENT: f"{_MODEL}:embedContent",
        }
    ),
    stream_paths=MappingProxyType({Operation.GENERATE_CONTENT: f"{_MODEL}:streamGenerateContent?alt=sse"}),
    stream_usage="always",
    prices="google",
    bare_models=("gemini-*", "gemma-*"),
)
