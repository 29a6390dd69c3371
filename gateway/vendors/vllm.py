"""A vLLM server of the operator's own."""

from config.kinds import RESPONSES_PATHS, VendorKind

VENDOR = VendorKind(
    name="vllm",
    title="vLLM",
    base_url=None,  # `vllm serve` listens on port 8000: https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
    paths=RESPONSES_PATHS,
    key_required=False,  # unless it was started with --api-key
    free=True,
)
