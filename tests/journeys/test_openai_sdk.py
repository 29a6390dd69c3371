"""The official OpenAI SDK works as it is: only its base URL and its key are changed."""

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from tests.journeys.program import Gateway, Simulator

HELLO: Any = [{"role": "user", "content": "Say hello to the signalman."}]
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
Call = Callable[[Any], Any]


class Sdk(Protocol):
    """One of the SDK's two clients, used alike."""

    def ask(self, call: Call) -> Any:
        """What the call gives."""

    def collect(self, call: Call) -> list[Any]:
        """Everything that the stream gives which the call opens."""

    def close(self) -> None: ...


class Blocking:
    """OpenAI."""

    def __init__(self, **options: Any) -> None:
        self._client = OpenAI(**options)

    def ask(self, call: Call) -> Any:
        return call(self._client)

    def collect(self, call: Call) -> list[Any]:
        with call(self._client) as stream:
            return list(stream)

    def close(self) -> None:
        self._client.close()


class Awaiting:
    """AsyncOpenAI, on an event loop that lasts as long as it."""

    def __init__(self, **options: Any) -> None:
        self._client = AsyncOpenAI(**options)
        self._runner = asyncio.Runner()

    def ask(self, call: Call) -> Any:
        async def asked() -> Any:
            return await call(self._client)

        return self._runner.run(asked())

    def collect(self, call: Call) -> list[Any]:
        async def collected() -> list[Any]:
            async with await call(self._client) as stream:
                return [piece async for piece in stream]

        return self._runner.run(collected())

    def close(self) -> None:
        self._runner.run(self._client.close())
        self._runner.close()


Make = Callable[..., Sdk]


@pytest.fixture(params=[Blocking, Awaiting], ids=["blocking", "awaiting"])
def make(request: pytest.FixtureRequest, gateway: Gateway) -> Iterator[Make]:
    """Makes clients of one kind; options go to the SDK's constructor."""
    made: list[Sdk] = []

    def client(**options: Any) -> Sdk:
        usual = {"base_url": gateway.base_url, "api_key": gateway.key, "max_retries": 0, "timeout": 30}
        made.append(request.param(**{**usual, **options}))
        return made[-1]

    yield client
    for each in made:
        each.close()


@pytest.fixture
def sdk(make: Make) -> Sdk:
    return make()


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


def failing(status: int, **more: Any) -> dict[str, str]:
    """What makes the vendor answer with a status: `metadata` is passed on to it."""
    return {"sim": json.dumps({"fault": {"kind": "status", "status": status, **more}})}


def said(message: str, **fields: str | None) -> dict[str, dict[str, str | None]]:
    return {"error": {"message": message, "type": None, "param": None, "code": None, **fields}}


@pytest.mark.parametrize(
    ("asked", "expected", "status", "code", "param", "kind"),
    [
        ({"messages": "no list"}, openai.BadRequestError, 400, "invalid_request", "messages", "caller"),
        ({"model": "nobody"}, openai.NotFoundError, 404, "model_not_found", "model", "caller"),
        (
            {
                "metadata": failing(
                    400,
                    body=said("too long", type="caller", param="messages", code="context_length_exceeded"),
                )
            },
            openai.BadRequestError,
            400,
            "context_length_exceeded",
            "messages",
            "vendor's",
        ),
        ({"metadata": failing(409)}, openai.ConflictError, 409, "vendor_conflict", None, "upstream"),
        (
            {
                "metadata": failing(
                    422, body=said("no such voice", type="caller", param="voice", code="bad_voice")
                )
            },
            openai.UnprocessableEntityError,
            422,
            "bad_voice",
            "voice",
            "vendor's",
        ),
        ({"metadata": failing(429)}, openai.RateLimitError, 429, "vendor_rate_limited", None, "upstream"),
        ({"metadata": failing(500)}, openai.InternalServerError, 502, "vendor_failed", None, "upstream"),
        ({"metadata": failing(503)}, openai.InternalServerError, 503, "vendor_overloaded", None, "upstream"),
        (
            {"metadata": failing(401)},
            openai.InternalServerError,
            502,
            "vendor_credentials_rejected",
            None,
            "upstream",
        ),
    ],
    ids=["400", "404", "vendor 400", "409", "422", "429", "vendor 500", "vendor 503", "vendor 401"],
)
def test_each_refusal_is_the_sdks_own_exception(
    sdk: Sdk,
    asked: dict[str, Any],
    expected: type[openai.APIStatusError],
    status: int,
    code: str,
    param: str | None,
    kind: str,
) -> None:
    types = {"caller": "invalid_request_error", "upstream": "upstream_error", "vendor's": "caller"}
    with pytest.raises(expected) as caught:
        sdk.ask(
            lambda client: client.chat.completions.create(**{"model": "small", "messages": HELLO, **asked})
        )
    error = caught.value
    assert (error.status_code, error.code, error.param) == (status, code, param)
    assert error.type == types[kind]
    assert error.request_id is not None
    assert error.request_id.startswith("req_")
    assert isinstance(error.body, dict)
    assert error.body["message"]


def test_a_vendors_own_words_reach_the_caller(sdk: Sdk) -> None:
    words = said(
        "This prompt is 9000 tokens too long.", type="invalid_request_error", code="context_length_exceeded"
    )
    with pytest.raises(openai.BadRequestError, match="9000 tokens too long"):
        sdk.ask(
            lambda client: client.chat.completions.create(
                model="small", messages=HELLO, metadata=failing(400, body=words)
            )
        )


def test_a_wrong_key_is_an_authentication_error(make: Make) -> None:
    sdk = make(api_key="sk-sb-nobody-knows-this-one")
    with pytest.raises(openai.AuthenticationError) as caught:
        sdk.ask(lambda client: client.chat.completions.create(model="small", messages=HELLO))
    assert caught.value.code == "invalid_api_key"
    assert "sk-sb-nobody-knows-this-one" not in str(caught.value)


@pytest.fixture(scope="module")
def narrow_key(gateway: Gateway) -> str:
    """A key that may use one model."""
    return gateway.new_key(models=["echo"])[1]


def test_a_model_that_the_key_may_not_use_is_a_permission_error(make: Make, narrow_key: str) -> None:
    sdk = make(api_key=narrow_key)
    assert sdk.ask(lambda client: client.chat.completions.create(model="echo", messages=HELLO))
    with pytest.raises(openai.PermissionDeniedError) as caught:
        sdk.ask(lambda client: client.chat.completions.create(model="small", messages=HELLO))
    assert (caught.value.code, caught.value.param) == ("model_not_allowed", "model")


@pytest.mark.parametrize(
    ("asked", "shown"), [("7", "7"), ("3600", None)], ids=["short", "too long to pass on"]
)
def test_retry_after_reaches_the_caller_unless_it_is_too_long(
    sdk: Sdk, asked: str, shown: str | None
) -> None:
    with pytest.raises(openai.RateLimitError) as caught:
        sdk.ask(
            lambda client: client.chat.completions.create(
                model="small", messages=HELLO, metadata=failing(429, headers={"retry-after": asked})
            )
        )
    assert caught.value.response.headers.get("retry-after") == shown


def test_a_caller_who_waits_no_longer_gets_a_timeout(make: Make) -> None:
    sdk = make(timeout=0.3)
    with pytest.raises(openai.APITimeoutError):
        sdk.ask(
            lambda client: client.chat.completions.create(
                model="small", messages=HELLO, metadata={"sim": "first_ms=5000"}
            )
        )


def test_a_gateway_that_is_not_there_is_a_connection_error(make: Make) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        sdk = make(base_url=f"http://127.0.0.1:{nobody.getsockname()[1]}/v1")
        with pytest.raises(openai.APIConnectionError):
            sdk.ask(lambda client: client.chat.completions.create(model="small", messages=HELLO))


def test_a_stream_that_breaks_raises_after_what_came(sdk: Sdk) -> None:
    with pytest.raises(openai.APIError) as caught:
        sdk.collect(
            lambda client: client.chat.completions.create(
                model="small", messages=HELLO, stream=True, metadata={"sim": "fault=cut_text,after=3"}
            )
        )
    assert not isinstance(caught.value, openai.APIStatusError)
    assert caught.value.type == "upstream_error"
    assert caught.value.code in ("vendor_cut", "vendor_unreachable")


def test_the_sdks_retries_find_the_vendor_well_again(make: Make, simulator: Simulator) -> None:
    sdk = make(max_retries=2)
    length = 11 if isinstance(sdk, Blocking) else 12  # the simulator counts calls in the same words
    model = f"sim/small@length={length},fault=status,status=503,first=2"
    answer = sdk.ask(lambda client: client.chat.completions.create(model=model, messages=HELLO))
    assert answer.usage.completion_tokens == length
    statuses = [line["status"] for line in simulator.bill() if line["model"] == model.removeprefix("sim/")]
    assert statuses == [503, 503, 200]


async def test_many_calls_at_once_each_get_their_own_answer(gateway: Gateway) -> None:
    async with AsyncOpenAI(base_url=gateway.base_url, api_key=gateway.key) as client:

        async def ask(number: int) -> str | None:
            words: Any = [{"role": "user", "content": f"Train {number} is on its way."}]
            answer = await client.chat.completions.create(model="echo", messages=words)
            return answer.choices[0].message.content

        answers = await asyncio.gather(*map(ask, range(100)))
    assert answers == [f"Train {number} is on its way." for number in range(100)]
