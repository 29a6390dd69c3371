"""Gemini on Google Cloud's Vertex AI."""

from types import MappingProxyType

from config.kinds import Operation, VendorKind

# https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
_MODEL = "/v1/projects/{project}/locations/{region}/publishers/google/models/{model}"

VENDOR = VendorKind(
    name="vertex-ai",
    title="Vertex AI",
    base_url="https://{region}-aiplatform.googleapis.com",
    global_url="https://aiplatform.googleapis.com",
    env_keys=(),
    key_required=False,
    # With an API key instead of a service account:
    # https://cloud.google.com/vertex-ai/generative-ai/docs/start/express-mode/overview
    auth_header="x-goog-api-key",
    auth_prefix="",
    auth="google",
    paths=MappingProxyType(
        {
            Operation.GENERATE_CONTENT: f"{_MODEL}:generateContent",
            Operation.PREDICT: f"{_MODEL}:predict",
        }
    ),
    stream_paths=MappingProxyType({Operation.GENERATE_CONTENT: f"{_MODEL}:streamGenerateContent?alt=sse"}),
    stream_usage="always",
    prices="google",
)
