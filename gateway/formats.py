"""Which wire format each operation uses, with the translation between any two.

A format is imported when first needed: the callers and vendors of one gateway mostly speak two or three.
"""

import importlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from config.kinds import Operation
from dialects.dialect import Dialect, Spoken
from dialects.embedding import EmbeddingDialect
from dialects.translating import Passage, Same, Translated, TranslatedEmbedding

if TYPE_CHECKING:
    from dialects.counting import Counting

_T = TypeVar("_T")


class _Loading(Mapping[Operation, _T]):
    """Objects in modules of `dialects`, by operation; each module is imported when first needed."""

    def __init__(self, places: Mapping[Operation, str], made: Callable[[Any], _T]) -> None:
        """`places` look like `openai.chat:OpenAIChat`; `made` converts the object found there."""
        self._places = places
        self._made = made
        self._found: dict[Operation, _T] = {}

    def __getitem__(self, operation: Operation) -> _T:
        found = self._found.get(operation)
        if found is None:
            module, _, name = self._places[operation].partition(":")
            there = getattr(importlib.import_module(f"dialects.{module}"), name)
            found = self._found[operation] = self._made(there)
        return found

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, operation: object) -> bool:
        return operation in self._places


SPOKEN: Mapping[Operation, Spoken] = _Loading(
    {
        Operation.CHAT: "openai.chat:OpenAIChat",
        Operation.RESPONSES: "openai.responses:OpenAIResponses",
        Operation.COMPLETIONS: "openai.completions:OpenAICompletions",
        Operation.MESSAGES: "anthropic.messages:AnthropicMessages",
        Operation.GENERATE_CONTENT: "gemini.content:Gemini",
        Operation.GENERATE_CONTENT_ARRAY: "gemini.content:in_an_array",
        Operation.CONVERSE: "bedrock.converse:BedrockConverse",
        Operation.COHERE_CHAT: "cohere.chat:CohereChat",
        Operation.OLLAMA_CHAT: "ollama.chat:OllamaChat",
        Operation.OLLAMA_GENERATE: "ollama.generate:OllamaGenerate",
        Operation.EMBEDDINGS: "openai.embeddings:OpenAIEmbeddings",
        Operation.EMBED_CONTENT: "gemini.embeddings:one_text",
        Operation.BATCH_EMBED_CONTENTS: "gemini.embeddings:GeminiEmbeddings",
        Operation.PREDICT: "gemini.embeddings:VertexEmbeddings",
        Operation.COHERE_EMBED: "cohere.embed:CohereEmbed",
        Operation.OLLAMA_EMBED: "ollama.embed:OllamaEmbed",
        Operation.OLLAMA_EMBEDDINGS: "ollama.embed:OllamaEmbeddings",
        Operation.COUNT_MESSAGES: "anthropic.messages:AnthropicMessages",
        Operation.COUNT_CONTENTS: "gemini.counting:GeminiCounting",
        Operation.COUNT_RESPONSES: "openai.responses_counting:ResponsesCounting",
    },
    lambda dialect: cast(Spoken, dialect()),
)
COUNTED: "Mapping[Operation, Counting]" = _Loading(
    {
        Operation.COUNT_MESSAGES: "anthropic.counting:COUNTING",
        Operation.COUNT_CONTENTS: "gemini.counting:COUNTING",
        Operation.COUNT_RESPONSES: "openai.responses_counting:COUNTING",
    },
    lambda counting: cast("Counting", counting),
)


def served_by(operation: Operation, offered: Iterable[Operation]) -> Operation | None:
    """The vendor's operation that serves the caller's: the same one, else the first of the same kind."""
    known = [each for each in offered if each in SPOKEN and each.is_like(operation)]
    if operation in known:
        return operation
    return known[0] if known else None


# Cohere's and Jina's rerankers take the same members and answer with the same list of results.
_TWINS = MappingProxyType(
    {Operation.RERANK: Operation.COHERE_RERANK, Operation.COHERE_RERANK: Operation.RERANK}
)
# Members that only one of the two knows; the other may reject them.
ONLY_IN: Mapping[Operation, frozenset[str]] = MappingProxyType(
    {
        Operation.RERANK: frozenset(["return_documents", "rank_fields", "max_chunks_per_doc"]),
        Operation.COHERE_RERANK: frozenset(["max_tokens_per_doc", "priority"]),
    }
)


def relayed_by(operation: Operation, offered: Container[Operation]) -> Operation | None:
    """The vendor's operation that accepts a caller's bytes unchanged; None: the vendor has none."""
    if operation in offered:
        return operation
    twin = _TWINS.get(operation)
    return twin if twin is not None and twin in offered else None


def passage(caller: Operation, vendor: Operation) -> Passage:
    """Turns the caller's requests into the vendor's, and the vendor's answers into the caller's."""
    spoken = SPOKEN[caller]
    if caller is vendor is Operation.COUNT_RESPONSES:
        return Same(spoken)
    if caller.counts:
        return _counted(COUNTED[caller], COUNTED[vendor])
    if caller is vendor:
        return Same(spoken)
    if caller.embeds:
        return TranslatedEmbedding(cast(EmbeddingDialect, spoken), cast(EmbeddingDialect, SPOKEN[vendor]))
    return Translated(cast(Dialect, spoken), cast(Dialect, SPOKEN[vendor]))


def _counted(caller: "Counting", vendor: "Counting") -> Passage:
    made: Passage = importlib.import_module("dialects.counting").Counted(caller, vendor)
    return made


def write_count(operation: Operation, tokens: int) -> bytes:
    """The answer to a token-counting call, in the caller's format."""
    return COUNTED[operation].write_answer(tokens)


def dialect_of(operation: Operation) -> Dialect | None:
    """The format of an operation's conversations; None if it has none."""
    if operation.embeds or operation.counts or operation not in SPOKEN:
        return None
    return cast(Dialect, SPOKEN[operation])
