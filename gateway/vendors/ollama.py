"""Ollama on the operator's own machine, through its own API or OpenAI's."""

from types import MappingProxyType

from config.kinds import Operation, VendorKind

VENDOR = VendorKind(
    name="ollama",
    title="Ollama",
    base_url="http://localhost:11434",  # https://github.com/ollama/ollama/blob/main/docs/api.md
    key_required=False,
    paths=MappingProxyType(
        {
            Operation.CHAT: "/v1/chat/completions",
            Operation.COMPLETIONS: "/v1/completions",
            Operation.OLLAMA_CHAT: "/api/chat",
            Operation.OLLAMA_GENERATE: "/api/generate",
            Operation.EMBEDDINGS: "/v1/embeddings",
            Operation.OLLAMA_EMBED: "/api/embed",
            Operation.OLLAMA_EMBEDDINGS: "/api/embeddings",
        }
    ),
    free=True,
    probe="/v1/models",
)
