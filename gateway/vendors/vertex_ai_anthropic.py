"""Claude on Google Cloud's Vertex AI."""

from types import MappingProxyType

from config.kinds import Operation, VendorKind

# https://docs.anthropic.com/en/api/claude-on-vertex-ai
_MODEL = "/v1/projects/{project}/locations/{region}/publishers/anthropic/models/{model}"

VENDOR = VendorKind(
    name="vertex-ai-anthropic",
    title="Claude on Vertex AI",
    base_url="https://{region}-aiplatform.googleapis.com",
    global_url="https://aiplatform.googleapis.com",
    key_required=False,
    auth="google",
    paths=MappingProxyType({Operation.MESSAGES: f"{_MODEL}:rawPredict"}),
    stream_paths=MappingProxyType({Operation.MESSAGES: f"{_MODEL}:streamRawPredict"}),
    stream_usage="always",
    # The model is in the path, the version in the body.
    drops=frozenset(["model"]),
    sets=MappingProxyType({"anthropic_version": "vertex-2023-10-16"}),
    cannot=frozenset(["system.inside"]),
    prices="anthropic",
)
