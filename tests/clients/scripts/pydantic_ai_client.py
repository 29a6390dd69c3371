"""Pydantic AI with its models for OpenAI's two formats, and Anthropic's."""

from collections.abc import Callable
from typing import Any

from checks import (
    ADDRESS,
    BASE_URL,
    BROKEN,
    ERRAND,
    KEY,
    QUESTION,
    WEATHER,
    Verdict,
    check,
    expect,
    model,
    refused,
)
from checks import get_weather as weather_of
from pydantic_ai import Agent, ModelHTTPError, NativeOutput
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

OPENAI = OpenAIProvider(base_url=BASE_URL, api_key=KEY)
ANTHROPIC = AnthropicProvider(base_url=ADDRESS, api_key=KEY)

Speak = Callable[[str], Any]
SPEAKING: dict[str, Speak] = {
    "openai, chat": lambda name: OpenAIChatModel(model(name), provider=OPENAI),
    "openai, responses": lambda name: OpenAIResponsesModel(model(name), provider=OPENAI),
    "anthropic": lambda name: AnthropicModel(model(name), provider=ANTHROPIC),
}


def chat(speak: Speak) -> None:
    answer = Agent(speak("small"), instructions="Be brief.").run_sync(QUESTION)
    expect("signal green" in answer.output and answer.usage.output_tokens > 0, answer)


def stream(speak: Speak) -> None:
    streamed = Agent(speak("small")).run_stream_sync(QUESTION)
    expect("signal green" in list(streamed.stream_text())[-1], "another answer")


def tools(speak: Speak) -> None:
    answer = Agent(speak("small"), tools=[weather_of]).run_sync(ERRAND)
    expect(WEATHER in answer.output, answer)


def structured(speak: Speak, wanted: Any) -> None:
    made = Agent(speak("small"), output_type=wanted).run_sync(QUESTION)
    expect(isinstance(made.output, Verdict), made)


def errors(speak: Speak) -> None:
    refused(lambda: Agent(speak("nobody@")).run_sync(QUESTION), ModelHTTPError)
    refused(lambda: list(Agent(speak(BROKEN)).run_stream_sync(QUESTION).stream_text()), Exception)


for name, speaking in SPEAKING.items():
    check(f"{name}: text", lambda speaking=speaking: chat(speaking))
    check(f"{name}: stream", lambda speaking=speaking: stream(speaking))
    check(f"{name}: tools", lambda speaking=speaking: tools(speaking))
    check(f"{name}: structured, by a tool", lambda speaking=speaking: structured(speaking, Verdict))
    check(f"{name}: errors", lambda speaking=speaking: errors(speaking))
check("openai, chat: structured, native", lambda: structured(SPEAKING["openai, chat"], NativeOutput(Verdict)))
