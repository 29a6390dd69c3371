"""The constant properties of vendors, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal


class Operation(StrEnum):
    """An operation in one wire format; its value is the name in ledger rows and reports."""

    CHAT = "chat"
    RESPONSES = "responses"
    COMPLETIONS = "completions"
    MESSAGES = "messages"
    GENERATE_CONTENT = "generate_content"
    GENERATE_CONTENT_ARRAY = "generate_content_array"  # streams as one JSON array; never sent to a vendor
    CONVERSE = "converse"
    COHERE_CHAT = "cohere_chat"
    OLLAMA_CHAT = "ollama_chat"
    OLLAMA_GENERATE = "ollama_generate"
    EMBEDDINGS = "embeddings"
    EMBED_CONTENT = "embed_content"
    BATCH_EMBED_CONTENTS = "batch_embed_contents"
    PREDICT = "predict"  # Vertex AI's embeddings; not offered to callers
    COHERE_EMBED = "cohere_embed"
    OLLAMA_EMBED = "ollama_embed"
    OLLAMA_EMBEDDINGS = "ollama_embeddings"
    COUNT_MESSAGES = "count_messages"
    COUNT_CONTENTS = "count_contents"
    COUNT_RESPONSES = "count_responses"
    IMAGES = "images"
    IMAGE_EDITS = "image_edits"
    IMAGE_VARIATIONS = "image_variations"
    SPEECH = "speech"
    TRANSCRIPTIONS = "transcriptions"
    TRANSLATIONS = "translations"
    MODERATIONS = "moderations"
    RERANK = "rerank"
    COHERE_RERANK = "cohere_rerank"
    FILES = "files"
    BATCHES = "batches"
    FINE_TUNING = "fine_tuning"
    VECTOR_STORES = "vector_stores"
    CONVERSATIONS = "conversations"  # stored at a vendor; responses continue them
    STORED_RESPONSES = "stored_responses"  # stored at a vendor
    PASSTHROUGH = "passthrough"

    @property
    def embeds(self) -> bool:
        """Whether the answer is vectors."""
        return self in _EMBEDDING

    @property
    def counts(self) -> bool:
        """Whether it only counts tokens."""
        return self in COUNTING

    def is_like(self, other: "Operation") -> bool:
        """Whether one can be translated into the other: both chat, both embed or both count."""
        return self.embeds == other.embeds and self.counts == other.counts

    @property
    def relayed(self) -> bool:
        """Whether its bytes are relayed, so that only a vendor with the same operation can serve it."""
        return self in _RELAYED


_EMBEDDING = frozenset(
    [
        Operation.EMBEDDINGS,
        Operation.EMBED_CONTENT,
        Operation.BATCH_EMBED_CONTENTS,
        Operation.PREDICT,
        Operation.COHERE_EMBED,
        Operation.OLLAMA_EMBED,
        Operation.OLLAMA_EMBEDDINGS,
    ]
)
COUNTING = frozenset([Operation.COUNT_MESSAGES, Operation.COUNT_CONTENTS, Operation.COUNT_RESPONSES])
OPENAI_COUNTING = frozenset([Operation.COUNT_RESPONSES])  # not offered by all vendors that speak its format

# OpenAI's other operations, each with the path that it and compatible vendors use.
MEDIA_PATHS: Mapping[Operation, str] = MappingProxyType(
    {
        Operation.IMAGES: "/images/generations",
        Operation.IMAGE_EDITS: "/images/edits",
        Operation.IMAGE_VARIATIONS: "/images/variations",
        Operation.SPEECH: "/audio/speech",
        Operation.TRANSCRIPTIONS: "/audio/transcriptions",
        Operation.TRANSLATIONS: "/audio/translations",
        Operation.MODERATIONS: "/moderations",
    }
)
_RELAYED = frozenset([*MEDIA_PATHS, Operation.RERANK, Operation.COHERE_RERANK])


# Objects stored at a vendor, with their path prefix; `{rest}` is the remainder of the caller's path.
OBJECT_PATHS: Mapping[Operation, str] = MappingProxyType(
    {
        each: f"/{each.value}{{rest}}"
        for each in (
            Operation.FILES,
            Operation.BATCHES,
            Operation.FINE_TUNING,
            Operation.VECTOR_STORES,
            Operation.CONVERSATIONS,
        )
    }
)


def media(*operations: Operation) -> Mapping[Operation, str]:
    """The paths of some of OpenAI's other operations, for vendors that lack the rest."""
    return {operation: MEDIA_PATHS[operation] for operation in operations}


OPENAI_PATHS: Mapping[Operation, str] = MappingProxyType(
    {
        Operation.CHAT: "/chat/completions",
        Operation.COMPLETIONS: "/completions",
        Operation.EMBEDDINGS: "/embeddings",
    }
)
# For vendors that also have the Responses API.
RESPONSES_PATHS: Mapping[Operation, str] = MappingProxyType(
    {**OPENAI_PATHS, Operation.RESPONSES: "/responses", Operation.STORED_RESPONSES: "/responses{rest}"}
)


@dataclass(frozen=True, slots=True)
class Prefill:
    """How to ask a vendor to continue a final assistant turn: members to add."""

    message: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))  # of that turn
    body: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))  # of the request body
    echoes: bool = False  # whether its answer first repeats that turn's text


@dataclass(frozen=True, slots=True)
class VendorKind:
    """One vendor as data. The name of the declaring file is its `kind` in the YAML.

    `paths` are appended to the base URL; `{model}`, `{api_version}`, `{region}` and `{project}` are replaced.
    An operation without a path is translated into the first operation of the same sort that has one.
    Paths with a `{rest}` belong to no model; it is filled in per call.
    `stream_paths` are those of streams, if they differ.
    `headers` are sent with every call, unless the call brings its own of the same name.
    `renames` has fields that the vendor calls otherwise: dropping `max_completion_tokens` would lift a cap.
    `stream_usage` says how a stream reports usage: if requested by `stream_options.include_usage`
    ("option"), or always, refusing or ignoring the option ("always").
    """

    name: str
    title: str
    base_url: str | None = None  # None: the operator must set one; `{region}` is filled in
    env_keys: tuple[str, ...] = ()  # environment variables for the key; the first one set wins
    key_required: bool = True
    auth_header: str = "authorization"
    auth_prefix: str = "Bearer "
    global_url: str | None = None  # the URL for the region `global`
    region_keys: tuple[str, ...] = ()  # environment variables for the region
    auth: Literal["key", "aws", "google"] = "key"  # how requests are authenticated without an API key
    paths: Mapping[Operation, str] = field(default_factory=lambda: OPENAI_PATHS)
    stream_paths: Mapping[Operation, str] = field(default_factory=lambda: MappingProxyType({}))
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    stream_usage: Literal["option", "always"] = "option"
    drops: frozenset[str] = frozenset()  # top-level request fields that the vendor rejects
    # Field: the vendor's name for it.
    renames: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sets: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))  # members it requires
    prefill: "Prefill | None" = None  # what it needs to continue a final assistant turn; None: nothing
    cannot: frozenset[str] = frozenset()  # `dialects.features` that it lacks, beyond those its format lacks
    strict_schemas: bool = False  # OpenAI's strict mode: closed objects, all members required
    prices: str | None = None  # provider id in genai-prices; None: no public price list
    tells_cost: bool = False  # answers state their cost, which may differ from the list price
    unbilled: frozenset[Operation] = frozenset()  # operations that the vendor does not bill
    free: bool = False  # runs on the operator's own machine: priced zero unless the YAML says otherwise
    # Patterns of model names that need no "vendor/" prefix if there is no configuration.
    bare_models: tuple[str, ...] = ()
    api_version: str | None = None
    probe: str | None = None  # path requested once after start, to detect a local server
