"""Any server that speaks OpenAI's format, at any address."""

from types import MappingProxyType

from config.kinds import MEDIA_PATHS, OBJECT_PATHS, OPENAI_PATHS, Operation, VendorKind

VENDOR = VendorKind(
    name="openai-like",
    title="an OpenAI-compatible server",
    base_url=None,
    paths=MappingProxyType({**OPENAI_PATHS, **MEDIA_PATHS, **OBJECT_PATHS, Operation.RERANK: "/rerank"}),
    key_required=False,
)
