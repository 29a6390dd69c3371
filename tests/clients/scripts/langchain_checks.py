"""What is asked by way of each of LangChain's models."""

from collections.abc import Callable

from checks import BROKEN, ERRAND, QUESTION, WEATHER, Verdict, expect, refused
from checks import get_weather as weather_of
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool

Speak = Callable[[str], BaseChatModel]
get_weather = tool(weather_of)


def text(speak: Speak) -> None:
    answer = speak("small").invoke(QUESTION)
    expect("signal green" in answer.text and answer.usage_metadata["output_tokens"] > 0, answer)


def stream(speak: Speak) -> None:
    first, *pieces = speak("small").stream(QUESTION)
    for piece in pieces:
        first += piece
    expect("signal green" in first.text and first.usage_metadata["output_tokens"] > 0, first)


def tools(speak: Speak) -> None:
    bound = speak("small").bind_tools([get_weather])
    first = bound.invoke(ERRAND)
    [call] = first.tool_calls
    result = ToolMessage(get_weather.invoke(call["args"]), tool_call_id=call["id"])
    expect(WEATHER in bound.invoke([HumanMessage(ERRAND), first, result]).text, first)


def structured(speak: Speak, **how: str) -> None:
    made = speak("small").with_structured_output(Verdict, **how).invoke(QUESTION)
    expect(isinstance(made, Verdict), made)


def errors(speak: Speak, *kinds: type[Exception]) -> None:
    refused(lambda: speak("nobody@").invoke(QUESTION), *kinds)
    refused(lambda: list(speak(BROKEN).stream(QUESTION)), Exception)
