"""Azure AI Foundry: OpenAI's own paths on your resource, for models of several vendors."""

from types import MappingProxyType

from config.kinds import Operation, VendorKind

# https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
_V1 = "/openai/v1"

VENDOR = VendorKind(
    name="azure-ai-foundry",
    title="Azure AI Foundry",
    base_url=None,  # https://RESOURCE.services.ai.azure.com: each resource has its own
    env_keys=("AZURE_AI_API_KEY",),
    auth_header="api-key",
    auth_prefix="",
    paths=MappingProxyType(
        {
            Operation.CHAT: f"{_V1}/chat/completions",
            Operation.RESPONSES: f"{_V1}/responses",
            Operation.STORED_RESPONSES: f"{_V1}/responses{{rest}}",
            Operation.EMBEDDINGS: f"{_V1}/embeddings",
        }
    ),
    # Other vendors' extensions of the format: https://platform.openai.com/docs/api-reference/chat/create
    cannot=frozenset(["top_k", "video", "file.url", "thinking"]),
    prices="azure",
)
