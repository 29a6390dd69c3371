"""Azure OpenAI: the model is a deployment in the path, the version is in the query."""

from types import MappingProxyType

from config.kinds import Operation, VendorKind

# https://learn.microsoft.com/azure/ai-services/openai/reference
_DEPLOYMENT = "/openai/deployments/{model}"
_VERSION = "?api-version={api_version}"

VENDOR = VendorKind(
    name="azure-openai",
    title="Azure OpenAI",
    base_url=None,  # https://RESOURCE.openai.azure.com: each resource has its own
    env_keys=("AZURE_OPENAI_API_KEY",),
    auth_header="api-key",
    auth_prefix="",
    paths=MappingProxyType(
        {
            Operation.CHAT: f"{_DEPLOYMENT}/chat/completions{_VERSION}",
            Operation.COMPLETIONS: f"{_DEPLOYMENT}/completions{_VERSION}",
            Operation.RESPONSES: f"/openai/responses{_VERSION}",
            Operation.STORED_RESPONSES: f"/openai/responses{{rest}}{_VERSION}",
            Operation.EMBEDDINGS: f"{_DEPLOYMENT}/embeddings{_VERSION}",
            Operation.IMAGES: f"{_DEPLOYMENT}/images/generations{_VERSION}",
            Operation.FILES: f"/openai/files{{rest}}{_VERSION}",
            Operation.BATCHES: f"/openai/batches{{rest}}{_VERSION}",
            Operation.FINE_TUNING: f"/openai/fine_tuning{{rest}}{_VERSION}",
            Operation.VECTOR_STORES: f"/openai/vector_stores{{rest}}{_VERSION}",
            Operation.CONVERSATIONS: f"/openai/conversations{{rest}}{_VERSION}",
            Operation.TRANSCRIPTIONS: f"{_DEPLOYMENT}/audio/transcriptions{_VERSION}",
            Operation.TRANSLATIONS: f"{_DEPLOYMENT}/audio/translations{_VERSION}",
        }
    ),
    # The newest generally available version, with stream_options:
    # https://learn.microsoft.com/azure/ai-services/openai/api-version-deprecation
    api_version="2024-10-21",
    # Other vendors' extensions of the format: https://platform.openai.com/docs/api-reference/chat/create
    cannot=frozenset(["top_k", "video", "file.url", "thinking"]),
    strict_schemas=True,  # https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
    prices="azure",
)
