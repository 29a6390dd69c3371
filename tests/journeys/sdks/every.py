"""Every official SDK of these journeys, by its name."""

from collections.abc import Mapping
from types import MappingProxyType

from tests.journeys.sdks.anthropic_sdk import Messages
from tests.journeys.sdks.asking import Speaker
from tests.journeys.sdks.bedrock_sdk import Converse
from tests.journeys.sdks.cohere_sdk import Chat as CohereChat
from tests.journeys.sdks.gemini_sdk import Gemini
from tests.journeys.sdks.ollama_sdk import Chat as OllamaChat
from tests.journeys.sdks.openai_sdk import Chat, Responses

SPEAKERS: Mapping[str, type[Speaker]] = MappingProxyType(
    {
        speaker.name: speaker
        for speaker in (Chat, Responses, Messages, Gemini, Converse, CohereChat, OllamaChat)
    }
)
