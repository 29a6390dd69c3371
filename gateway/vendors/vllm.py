"""The operator's own vLLM server."""

from types import MappingProxyType

from config.kinds import RESPONSES_PATHS, Operation, Prefill, VendorKind, media

_MEDIA = {**media(Operation.TRANSCRIPTIONS, Operation.TRANSLATIONS), Operation.RERANK: "/rerank"}

VENDOR = VendorKind(
    name="vllm",
    title="vLLM",
    base_url=None,  # `vllm serve` listens on port 8000: https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
    paths=MappingProxyType({**RESPONSES_PATHS, **_MEDIA}),
    key_required=False,  # unless it was started with --api-key
    # https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html#extra-parameters_2
    prefill=Prefill(body=MappingProxyType({"continue_final_message": True, "add_generation_prompt": False})),
    free=True,
)
