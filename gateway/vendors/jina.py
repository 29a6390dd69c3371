"""Jina AI: embeddings and rerankers, in OpenAI's style."""

from types import MappingProxyType

from config.kinds import Operation, VendorKind

VENDOR = VendorKind(
    name="jina",
    title="Jina AI",
    base_url="https://api.jina.ai/v1",  # https://api.jina.ai/redoc
    env_keys=("JINA_API_KEY",),
    paths=MappingProxyType({Operation.EMBEDDINGS: "/embeddings", Operation.RERANK: "/rerank"}),
    bare_models=("jina-*",),
)
