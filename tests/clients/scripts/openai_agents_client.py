"""OpenAI's Agents SDK, by Responses as it comes, by chat completions as it can be told."""

import asyncio
from collections.abc import Callable

import openai
from agents import (
    Agent,
    Model,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Runner,
    function_tool,
    set_tracing_disabled,
)
from checks import BASE_URL, ERRAND, KEY, QUESTION, WEATHER, Verdict, check, expect, model, refused
from checks import get_weather as weather_of

set_tracing_disabled(True)  # traces would go to OpenAI
Speak = Callable[[str], Model]


def client() -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=BASE_URL, api_key=KEY)


SPEAKING: dict[str, Speak] = {
    "responses": lambda name: OpenAIResponsesModel(model=model(name), openai_client=client()),
    "chat": lambda name: OpenAIChatCompletionsModel(model=model(name), openai_client=client()),
}


def text(speak: Speak) -> None:
    answer = Runner.run_sync(Agent("box", instructions="Be brief.", model=speak("small")), QUESTION)
    expect("signal green" in answer.final_output, answer)


def tools(speak: Speak) -> None:
    agent = Agent("box", model=speak("small"), tools=[function_tool(weather_of)])
    expect(WEATHER in Runner.run_sync(agent, ERRAND).final_output, "the tool's word is missing")


def streamed(speak: Speak) -> None:
    async def run() -> str:
        agent = Agent("box", model=speak("small"), tools=[function_tool(weather_of)])
        running = Runner.run_streamed(agent, ERRAND)
        async for _ in running.stream_events():
            pass
        return running.final_output

    expect(WEATHER in asyncio.run(run()), "the tool's word is missing")


def handoff(speak: Speak) -> None:
    other = Agent("night_shift", model=speak("small"))
    first = Agent("day_shift", model=speak("small"), handoffs=[other])
    answer = Runner.run_sync(first, "Please transfer_to_night_shift.")
    expect(answer.last_agent.name == "night_shift" and answer.final_output, answer)


def structured(speak: Speak) -> None:
    answer = Runner.run_sync(Agent("box", model=speak("small"), output_type=Verdict), QUESTION)
    expect(isinstance(answer.final_output, Verdict), answer)


def errors(speak: Speak) -> None:
    nobody = Agent("box", model=speak("nobody@"))
    refused(lambda: Runner.run_sync(nobody, QUESTION), openai.APIStatusError)


for name, speaking in SPEAKING.items():
    for asked in (text, tools, streamed, handoff, structured, errors):
        check(f"{name}: {asked.__name__}", lambda asked=asked, speaking=speaking: asked(speaking))
