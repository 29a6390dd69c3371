"""Which operation speaks which wire format, with the way from one to another."""

from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType
from typing import cast

from config.kinds import Operation
from dialects.bedrock_converse import BedrockConverse
from dialects.dialect import Dialect, Spoken
from dialects.embedding import EmbeddingDialect
from dialects.gemini import Gemini
from dialects.openai_chat import OpenAIChat
from dialects.openai_completions import OpenAICompletions
from dialects.openai_embeddings import OpenAIEmbeddings
from dialects.translating import Passage, Same, Translated, TranslatedEmbedding

SPOKEN: Mapping[Operation, Spoken] = MappingProxyType(
    {
        Operation.CHAT: OpenAIChat(),
        Operation.COMPLETIONS: OpenAICompletions(),
        Operation.GENERATE_CONTENT: Gemini(),
        Operation.CONVERSE: BedrockConverse(),
        Operation.EMBEDDINGS: OpenAIEmbeddings(),
    }
)


def served_by(operation: Operation, offered: Iterable[Operation]) -> Operation | None:
    """The vendor's operation that serves the caller's: the same one, else its first of the same sort."""
    known = [each for each in offered if each in SPOKEN and each.embeds == operation.embeds]
    if operation in known:
        return operation
    return known[0] if known else None


# Cohere's and Jina's rerankers read the same members, and answer with the same list of results.
_TWINS = MappingProxyType(
    {Operation.RERANK: Operation.COHERE_RERANK, Operation.COHERE_RERANK: Operation.RERANK}
)
# What only one of the two knows; the other may refuse it.
ONLY_IN: Mapping[Operation, frozenset[str]] = MappingProxyType(
    {
        Operation.RERANK: frozenset(["return_documents", "rank_fields", "max_chunks_per_doc"]),
        Operation.COHERE_RERANK: frozenset(["max_tokens_per_doc", "priority"]),
    }
)


def relayed_by(operation: Operation, offered: Container[Operation]) -> Operation | None:
    """The vendor's operation to which a caller's passes as it is; None: the vendor has none."""
    if operation in offered:
        return operation
    twin = _TWINS.get(operation)
    return twin if twin is not None and twin in offered else None


def passage(caller: Operation, vendor: Operation) -> Passage:
    """How a caller's requests become the vendor's, its answers the caller's."""
    spoken = SPOKEN[caller]
    if caller is vendor:
        return Same(spoken)
    if caller.embeds:
        return TranslatedEmbedding(cast(EmbeddingDialect, spoken), cast(EmbeddingDialect, SPOKEN[vendor]))
    return Translated(cast(Dialect, spoken), cast(Dialect, SPOKEN[vendor]))
