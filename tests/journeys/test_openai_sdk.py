"""The official OpenAI SDK works as it is: only its base URL and its key are changed."""

import asyncio
import json
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tests.journeys.program import Gateway, Simulator
from tests.journeys.sdk import HELLO, Blocking, Make, Sdk

WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city", "days"],
        },
    },
}
PERSON: Any = {
    "type": "json_schema",
    "json_schema": {
        "name": "person",
        "schema": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
            "required": ["name", "age"],
            "additionalProperties": False,
        },
    },
}


def text_of(chunks: list[Any]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


@pytest.mark.parametrize("suffix", ["/v1", "/v1/", ""], ids=["with v1", "with a slash", "without v1"])
def test_a_chat_is_answered_at_every_usual_base_url(make: Make, gateway: Gateway, suffix: str) -> None:
    sdk = make(base_url=gateway.address + suffix)
    answer = sdk.ask(lambda client: client.chat.completions.create(model="echo", messages=HELLO))
    assert answer.choices[0].message.content == HELLO[0]["content"]
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0
    assert answer._request_id.startswith("req_")


def test_a_stream_says_the_same_as_the_whole_answer(sdk: Sdk) -> None:
    chunks = sdk.collect(
        lambda client: client.chat.completions.create(model="echo", messages=HELLO, stream=True)
    )
    assert text_of(chunks) == HELLO[0]["content"]
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert all(chunk.choices and chunk.usage is None for chunk in chunks), "usage came unasked"


def test_a_stream_brings_its_usage_when_it_is_asked_for(sdk: Sdk) -> None:
    options: Any = {"include_usage": True}
    chunks = sdk.collect(
        lambda client: client.chat.completions.create(
            model="echo", messages=HELLO, stream=True, stream_options=options
        )
    )
    whole = sdk.ask(lambda client: client.chat.completions.create(model="echo", messages=HELLO))
    assert chunks[-1].choices == []
    assert chunks[-1].usage.prompt_tokens == whole.usage.prompt_tokens
    assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens


def test_a_tool_is_called_with_arguments_of_its_schema(sdk: Sdk) -> None:
    answer = sdk.ask(
        lambda client: client.chat.completions.create(model="tools", messages=HELLO, tools=[WEATHER])
    )
    (call,) = answer.choices[0].message.tool_calls
    arguments = json.loads(call.function.arguments)
    assert answer.choices[0].finish_reason == "tool_calls"
    assert call.function.name == "get_weather"
    assert isinstance(arguments["city"], str)
    assert isinstance(arguments["days"], int)


def test_a_streamed_tool_call_adds_up_to_the_whole_one(sdk: Sdk) -> None:
    chunks = sdk.collect(
        lambda client: client.chat.completions.create(
            model="tools", messages=HELLO, tools=[WEATHER], stream=True
        )
    )
    whole = sdk.ask(
        lambda client: client.chat.completions.create(model="tools", messages=HELLO, tools=[WEATHER])
    )
    calls = [call for chunk in chunks for call in chunk.choices[0].delta.tool_calls or ()]
    function = whole.choices[0].message.tool_calls[0].function
    assert "".join(call.function.name or "" for call in calls) == function.name
    assert "".join(call.function.arguments or "" for call in calls) == function.arguments
    assert len(calls) > 2, "the arguments came in one piece"


def test_the_answer_to_a_tools_result_quotes_it(sdk: Sdk) -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
    history: Any = [
        *HELLO,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "Fog over the junction."},
    ]
    answer = sdk.ask(
        lambda client: client.chat.completions.create(model="small", messages=history, tools=[WEATHER])
    )
    assert "Fog over the junction" in answer.choices[0].message.content


def test_structured_output_fits_its_schema(sdk: Sdk) -> None:
    answer = sdk.ask(
        lambda client: client.chat.completions.create(model="small", messages=HELLO, response_format=PERSON)
    )
    person = json.loads(answer.choices[0].message.content)
    assert set(person) == {"name", "age"}
    assert isinstance(person["age"], int)


def test_two_choices_come_whole_and_streamed(sdk: Sdk) -> None:
    whole = sdk.ask(lambda client: client.chat.completions.create(model="small", messages=HELLO, n=2))
    chunks = sdk.collect(
        lambda client: client.chat.completions.create(model="small", messages=HELLO, n=2, stream=True)
    )
    ended = [choice.index for chunk in chunks for choice in chunk.choices if choice.finish_reason]
    assert [choice.index for choice in whole.choices] == [0, 1]
    assert sorted(ended) == [0, 1]


def test_embeddings_are_the_same_as_floats_and_in_base64(sdk: Sdk, simulator: Simulator) -> None:
    texts = ["a red signal", "a green signal"]
    usual = sdk.ask(lambda client: client.embeddings.create(model="embed", input=texts))
    floats = sdk.ask(
        lambda client: client.embeddings.create(model="embed", input=texts, encoding_format="float")
    )
    sent = [request["body"] for request in simulator.get("requests?limit=2")["requests"]]
    assert [body["encoding_format"] for body in sent] == ["base64", "float"]
    assert len(usual.data) == len(floats.data) == 2
    for ours, theirs in zip(usual.data, floats.data, strict=True):
        assert ours.embedding == pytest.approx(theirs.embedding, abs=1e-6)
    assert usual.usage.prompt_tokens == floats.usage.prompt_tokens > 0


def test_legacy_completions_come_whole_and_streamed(sdk: Sdk) -> None:
    whole = sdk.ask(lambda client: client.completions.create(model="echo", prompt="Mind the gap."))
    chunks = sdk.collect(
        lambda client: client.completions.create(model="echo", prompt="Mind the gap.", stream=True)
    )
    assert whole.choices[0].text == "Mind the gap."
    assert "".join(chunk.choices[0].text for chunk in chunks) == "Mind the gap."


def test_models_are_listed_and_looked_up(sdk: Sdk) -> None:
    async def names(client: Any) -> list[str]:
        return [model.id async for model in client.models.list()]

    listed = (
        [model.id for model in sdk.ask(lambda client: client.models.list())]
        if isinstance(sdk, Blocking)
        else sdk.ask(names)
    )
    assert {"small", "echo", "tools", "embed"} <= set(listed)
    assert sdk.ask(lambda client: client.models.retrieve("small")).id == "small"
    assert sdk.ask(lambda client: client.models.retrieve("sim/small")).id == "sim/small"
    with pytest.raises(openai.NotFoundError):
        sdk.ask(lambda client: client.models.retrieve("nobody"))


async def test_many_calls_at_once_each_get_their_own_answer(gateway: Gateway) -> None:
    async with AsyncOpenAI(base_url=gateway.base_url, api_key=gateway.key) as client:

        async def ask(number: int) -> str | None:
            words: Any = [{"role": "user", "content": f"Train {number} is on its way."}]
            answer = await client.chat.completions.create(model="echo", messages=words)
            return answer.choices[0].message.content

        answers = await asyncio.gather(*map(ask, range(100)))
    assert answers == [f"Train {number} is on its way." for number in range(100)]
