"""Which operation speaks which wire format, with the way from one to another."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import cast

from config.kinds import Operation
from dialects.anthropic.messages import AnthropicMessages
from dialects.bedrock.converse import BedrockConverse
from dialects.cohere.chat import CohereChat
from dialects.cohere.embed import CohereEmbed
from dialects.dialect import Dialect, Spoken
from dialects.embedding import EmbeddingDialect
from dialects.gemini.content import Gemini
from dialects.ollama.chat import OllamaChat
from dialects.ollama.embed import OllamaEmbed, OllamaEmbeddings
from dialects.ollama.generate import OllamaGenerate
from dialects.openai.chat import OpenAIChat
from dialects.openai.completions import OpenAICompletions
from dialects.openai.embeddings import OpenAIEmbeddings
from dialects.openai.responses import OpenAIResponses
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
        Operation.COHERE_EMBED: CohereEmbed(),
        Operation.OLLAMA_EMBED: OllamaEmbed(),
        Operation.OLLAMA_EMBEDDINGS: OllamaEmbeddings(),
    }
)


def served_by(operation: Operation, offered: Iterable[Operation]) -> Operation | None:
    """The vendor's operation that serves the caller's: the same one, else its first of the same sort."""
    known = [each for each in offered if each in SPOKEN and each.embeds == operation.embeds]
    if operation in known:
        return operation
    return known[0] if known else None


def passage(caller: Operation, vendor: Operation) -> Passage:
    """How a caller's requests become the vendor's, its answers the caller's."""
    spoken = SPOKEN[caller]
    if caller is vendor:
        return Same(spoken)
    if caller.embeds:
        return TranslatedEmbedding(cast(EmbeddingDialect, spoken), cast(EmbeddingDialect, SPOKEN[vendor]))
    return Translated(cast(Dialect, spoken), cast(Dialect, SPOKEN[vendor]))
