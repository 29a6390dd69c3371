"""Which operation speaks which wire format, with the way from one to another."""

from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType
from typing import cast

from config.kinds import Operation
from dialects.anthropic import counting as messages
from dialects.anthropic.messages import AnthropicMessages
from dialects.bedrock.converse import BedrockConverse
from dialects.cohere.chat import CohereChat
from dialects.cohere.embed import CohereEmbed
from dialects.counting import Counted, Counting
from dialects.dialect import Dialect, Spoken
from dialects.embedding import EmbeddingDialect
from dialects.gemini import counting as contents
from dialects.gemini.content import Gemini
from dialects.gemini.counting import GeminiCounting
from dialects.gemini.embeddings import GeminiEmbeddings, VertexEmbeddings
from dialects.ollama.chat import OllamaChat
from dialects.ollama.embed import OllamaEmbed, OllamaEmbeddings
from dialects.ollama.generate import OllamaGenerate
from dialects.openai import responses_counting as responses
from dialects.openai.chat import OpenAIChat
from dialects.openai.completions import OpenAICompletions
from dialects.openai.embeddings import OpenAIEmbeddings
from dialects.openai.responses import OpenAIResponses
from dialects.openai.responses_counting import ResponsesCounting
from dialects.translating import Passage, Same, Translated, TranslatedEmbedding

SPOKEN: Mapping[Operation, Spoken] = MappingProxyType(
    {
        Operation.CHAT: OpenAIChat(),
        Operation.RESPONSES: OpenAIResponses(),
        Operation.COMPLETIONS: OpenAICompletions(),
        Operation.MESSAGES: AnthropicMessages(),
        Operation.GENERATE_CONTENT: Gemini(),
        Operation.GENERATE_CONTENT_ARRAY: Gemini(array=True),
        Operation.CONVERSE: BedrockConverse(),
        Operation.COHERE_CHAT: CohereChat(),
        Operation.OLLAMA_CHAT: OllamaChat(),
        Operation.OLLAMA_GENERATE: OllamaGenerate(),
        Operation.EMBEDDINGS: OpenAIEmbeddings(),
        Operation.EMBED_CONTENT: GeminiEmbeddings(batch=False),
        Operation.BATCH_EMBED_CONTENTS: GeminiEmbeddings(batch=True),
        Operation.PREDICT: VertexEmbeddings(),
        Operation.COHERE_EMBED: CohereEmbed(),
        Operation.OLLAMA_EMBED: OllamaEmbed(),
        Operation.OLLAMA_EMBEDDINGS: OllamaEmbeddings(),
        Operation.COUNT_MESSAGES: AnthropicMessages(),
        Operation.COUNT_CONTENTS: GeminiCounting(),
        Operation.COUNT_RESPONSES: ResponsesCounting(),
    }
)
COUNTED: Mapping[Operation, Counting] = MappingProxyType(
    {
        Operation.COUNT_MESSAGES: Counting(
            AnthropicMessages(),
            messages.read_count_request,
            messages.write_count_request,
            messages.read_count_answer,
            messages.write_count_answer,
        ),
        Operation.COUNT_CONTENTS: Counting(
            Gemini(),
            contents.read_count_request,
            contents.write_count_request,
            contents.read_count,
            contents.write_count,
        ),
        Operation.COUNT_RESPONSES: Counting(
            OpenAIResponses(),
            responses.read_count_request,
            responses.write_count_request,
            responses.read_count,
            responses.write_count,
        ),
    }
)


def served_by(operation: Operation, offered: Iterable[Operation]) -> Operation | None:
    """The vendor's operation that serves the caller's: the same one, else its first of the same sort."""
    known = [each for each in offered if each in SPOKEN and each.is_like(operation)]
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
    if caller is vendor is Operation.COUNT_RESPONSES:
        return Same(spoken)
    if caller.counts:
        return Counted(COUNTED[caller], COUNTED[vendor])
    if caller is vendor:
        return Same(spoken)
    if caller.embeds:
        return TranslatedEmbedding(cast(EmbeddingDialect, spoken), cast(EmbeddingDialect, SPOKEN[vendor]))
    return Translated(cast(Dialect, spoken), cast(Dialect, SPOKEN[vendor]))


def write_count(operation: Operation, tokens: int) -> bytes:
    """The answer to a caller who wants tokens counted."""
    return COUNTED[operation].write_answer(tokens)


def dialect_of(operation: Operation) -> Dialect | None:
    """The format of an operation's conversations; None where it has none."""
    if operation.embeds or operation.counts or operation not in SPOKEN:
        return None
    return cast(Dialect, SPOKEN[operation])
