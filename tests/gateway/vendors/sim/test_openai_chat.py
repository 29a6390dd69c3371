"""Chat completions as the official SDK sees them, and exactly what is on the wire."""

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from gateway.vendors.sim import tokens
from gateway.vendors.sim.behaviour import Behaviour
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.openai_chat import ChatReply, ChatRequest
from gateway.vendors.sim.script import Stamp

STAMP = Stamp("run1", 1_700_000_000)
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
TIME: Any = {"type": "function", "function": {"name": "get_time", "parameters": {}}}


def reply(behaviour: Behaviour | None = None, **more: Any) -> ChatReply:
    body = {"model": "small", "messages": [{"role": "user", "content": "Hello"}], **more}
    return ChatRequest(json.dumps(body).encode()).reply(behaviour or Behaviour(), 0, STAMP)


def chunks(answer: ChatReply) -> list[dict[str, Any]]:
    return [json.loads(event.data[6:]) for event in answer.events() if event.data != b"data: [DONE]\n\n"]


@pytest.fixture
def client(sim: Any) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=sim.base_url, api_key="none", max_retries=0) as client:
        yield client


USER: Any = [{"role": "user", "content": "What is the weather in Paris?"}]


def test_a_whole_answer_with_the_sdk(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="small", messages=USER)
    assert answer.id.startswith("chatcmpl-") and answer.model == "small"
    assert "What is the weather in Paris" in (answer.choices[0].message.content or "")
    assert answer.choices[0].finish_reason == "stop"
    assert (
        answer.usage
        and answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    )
    assert answer._request_id and answer._request_id.startswith("req_")


def test_a_stream_says_what_the_whole_answer_says(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="reasoner", messages=USER)
    stream = list(
        client.chat.completions.create(
            model="reasoner", messages=USER, stream=True, stream_options={"include_usage": True}
        )
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
    assert text == whole.choices[0].message.content
    assert stream[-1].usage == whole.usage and not stream[-1].choices
    assert whole.usage and whole.usage.completion_tokens_details
    assert (whole.usage.completion_tokens_details.reasoning_tokens or 0) > 0
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in stream}) == 1


def test_parallel_tool_calls_are_put_together_by_the_sdk(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(model="tools", messages=USER, tools=[WEATHER, TIME]) as stream:
        message = stream.get_final_completion().choices[0].message
    calls: Any = message.tool_calls
    assert [call.function.name for call in calls] == ["get_weather", "get_time"]
    assert [json.loads(call.function.arguments) for call in calls] == [{"city": "Paris"}, {}]
    assert len({call.id for call in calls}) == 2 and message.content is None


def test_a_tool_loop_ends_with_the_result_in_the_answer(client: openai.OpenAI) -> None:
    messages: Any = list(USER)
    first = client.chat.completions.create(model="tools", messages=messages, tools=[WEATHER])
    call: Any = (first.choices[0].message.tool_calls or [])[0]
    messages += [
        first.choices[0].message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": call.id, "content": "12 °C and rain"},
    ]
    last = client.chat.completions.create(model="tools", messages=messages, tools=[WEATHER])
    assert "12 °C and rain" in (last.choices[0].message.content or "")


def test_the_first_chunk_has_the_role_and_only_the_last_a_finish_reason() -> None:
    found = chunks(reply(stream=True, stream_options={"include_usage": False}))
    assert found[0]["choices"][0]["delta"] == {"role": "assistant", "content": "", "refusal": None}
    assert all("role" not in chunk["choices"][0]["delta"] for chunk in found[1:])
    assert [chunk["choices"][0]["finish_reason"] for chunk in found] == [None] * (len(found) - 1) + ["stop"]
    assert all("usage" not in chunk for chunk in found)


def test_usage_is_null_until_the_chunk_that_has_it() -> None:
    found = chunks(reply(stream=True, stream_options={"include_usage": True}))
    assert all(chunk["usage"] is None for chunk in found[:-1])
    assert found[-1]["choices"] == [] and found[-1]["usage"]["completion_tokens"] > 0


@pytest.mark.parametrize("per_event", [1, 3, 1000])
def test_events_hand_over_every_token_once(per_event: int) -> None:
    answer = reply(
        Behaviour(tokens_per_event=per_event, reasoning="Hmm. So.", text="Grüße, Signalbox! 🚦"), n=2
    )
    assert sum(event.tokens for event in answer.events()) == answer.written == answer.usage.output


def test_choices_come_side_by_side() -> None:
    found = chunks(reply(n=3))
    assert [chunk["choices"][0]["index"] for chunk in found[:6]] == [0, 1, 2, 0, 1, 2]
    assert len(json.loads(reply(n=3).whole())["choices"]) == 3


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
def test_a_limit_is_kept_and_said(field: str) -> None:
    answer = json.loads(reply(**{field: 3}).whole())
    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["usage"]["completion_tokens"] == 3


def test_the_input_is_counted_by_the_published_rule() -> None:
    messages = [
        {"role": "system", "content": "12345678"},
        {
            "role": "user",
            "content": [{"type": "text", "text": "1234"}, {"type": "image_url", "image_url": {}}],
        },
    ]
    tools = json.dumps([WEATHER])
    answer = reply(messages=messages, tools=[WEATHER])
    assert answer.usage.input == 3 + (4 + 2) + (4 + 1 + 85) + tokens.count(tools)


def test_json_schema_is_answered_with_a_fitting_object() -> None:
    schema = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    content = json.loads(reply(response_format=form).whole())["choices"][0]["message"]["content"]
    assert json.loads(content) == {"age": 1}


@pytest.mark.parametrize(
    ("more", "param", "code"),
    [
        ({"messages": []}, "messages", "empty_array"),
        ({"n": 0}, "n", "integer_below_min_value"),
        ({"n": 129}, "n", "integer_above_max_value"),
        ({"max_tokens": 0}, "max_tokens", "integer_below_min_value"),
        ({"tools": 1}, None, "invalid_type"),
        ({"tool_choice": "always"}, "tool_choice", "invalid_value"),
        ({"tool_choice": {"type": "function", "function": {"name": "f"}}}, "tool_choice", "invalid_value"),
        ({"stream": "yes"}, "stream", "invalid_type"),
        ({"stream_options": {"include_usage": True}}, "stream_options", None),
        ({"stream": False, "stream_options": {}}, "stream_options", None),
    ],
)
def test_what_openai_refuses_is_refused(more: dict[str, Any], param: str | None, code: str | None) -> None:
    with pytest.raises(Refused) as refused:
        reply(**more)
    assert (refused.value.status, refused.value.param, refused.value.code) == (400, param, code)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ({"model": "gpt-4o"}, openai.NotFoundError),
        ({"model": "small@fault=status,status=429"}, openai.RateLimitError),
        ({"model": "small@fault=status,status=401"}, openai.AuthenticationError),
        ({"model": "small@fault=status,status=503"}, openai.InternalServerError),
        ({"model": "small", "n": 0}, openai.BadRequestError),
        ({"model": "small@fault=refuse"}, openai.APIConnectionError),
    ],
)
def test_the_sdk_raises_what_it_raises_for_openai(
    client: openai.OpenAI, call: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        client.chat.completions.create(messages=USER, **call)
