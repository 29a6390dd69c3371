"""Clients that are set up for Claude on Amazon Bedrock or on Vertex AI, at this gateway instead."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import anthropic
import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

from tests.journeys.program import Gateway, Simulator

HELLO: Any = [{"role": "user", "content": "Say hello to the signalman."}]
AWS: Any = {"aws_secret_key": "nobody looks at it", "aws_region": "us-east-1"}


@pytest.fixture(params=["bedrock", "vertex"])
def client(request: pytest.FixtureRequest, every_format: Gateway) -> Iterator[Any]:
    """Anthropic's client for one of the two clouds."""
    shared: Any = {"max_retries": 0, "timeout": 30}
    if request.param == "bedrock":
        made: Any = anthropic.AnthropicBedrock(
            aws_access_key=every_format.key, base_url=every_format.address, **AWS, **shared
        )
    else:
        made = anthropic.AnthropicVertex(
            access_token=every_format.key,
            base_url=f"{every_format.address}/v1",
            project_id="p",
            region="us-east5",
            **shared,
        )
    with made:
        yield made


@pytest.fixture
def runtime(every_format: Gateway) -> Iterator[Any]:
    """AWS's own client."""
    made: Any = boto3.client(
        "bedrock-runtime",
        endpoint_url=every_format.address,
        aws_access_key_id=every_format.key,
        aws_secret_access_key="nobody looks at it",
        region_name="us-east-1",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=30),
    )
    with closing(made):
        yield made


@pytest.mark.parametrize("model", ["messages/small", "chat/small"])
def test_a_clouds_client_is_answered_whole_and_streamed(client: Any, model: str) -> None:
    asked: Any = {"model": model, "max_tokens": 12, "messages": HELLO}
    whole = client.messages.create(**asked)
    assert (whole.stop_reason, whole.usage.output_tokens) == ("max_tokens", 12)
    with client.messages.stream(**asked) as stream:
        said = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert final.content[0].text == said == whole.content[0].text
    assert final.usage == whole.usage


def test_a_clouds_client_is_refused_by_the_class_of_its_own(client: Any) -> None:
    with pytest.raises(anthropic.NotFoundError, match="nobody"):
        client.messages.create(model="nobody", max_tokens=12, messages=HELLO)


def test_a_clouds_clients_stream_that_breaks_raises(client: Any) -> None:
    asked: Any = {"model": "messages/small@fault=cut_text,after=3", "max_tokens": 50, "messages": HELLO}
    with pytest.raises(anthropic.APIStatusError), client.messages.stream(**asked) as stream:
        list(stream)


def test_vertex_counts_tokens(every_format: Gateway) -> None:
    with anthropic.AnthropicVertex(
        access_token=every_format.key, base_url=f"{every_format.address}/v1", project_id="p", region="r"
    ) as client:
        assert client.messages.count_tokens(model="messages/small", messages=HELLO).input_tokens > 0


def test_awss_client_invokes_with_anthropics_bodies(runtime: Any, simulator: Simulator) -> None:
    length = 17
    model = f"messages/small@length={length}"
    body = json.dumps(
        {"anthropic_version": "bedrock-2023-05-31", "anthropic_beta": ["b-1"], "max_tokens": 50}
        | {"messages": HELLO}
    )
    whole = json.load(runtime.invoke_model(modelId=model, body=body)["body"])
    assert (whole["stop_reason"], whole["usage"]["output_tokens"]) == ("end_turn", length)
    with closing(runtime.invoke_model_with_response_stream(modelId=model, body=body)["body"]) as frames:
        events = [json.loads(frame["chunk"]["bytes"]) for frame in frames]
    assert [event["type"] for event in events][:: len(events) - 1] == ["message_start", "message_stop"]
    said = "".join(event["delta"]["text"] for event in events if event["type"] == "content_block_delta")
    assert said == whole["content"][0]["text"]
    billed = [line for line in simulator.bill() if line["model"] == f"small@length={length}"]
    assert [line["output"] for line in billed] == [length, length]


@pytest.mark.parametrize(
    ("sent", "named"),
    [(b"[]", "ValidationException"), (b'{"anthropic_beta":"x","messages":[]}', "anthropic_beta")],
)
def test_a_body_that_is_none_is_refused_in_awss_words(runtime: Any, sent: bytes, named: str) -> None:
    with pytest.raises(runtime.exceptions.ValidationException, match=named):
        runtime.invoke_model(modelId="messages/small", body=sent)


def test_awss_client_raises_for_a_stream_that_breaks_and_a_key_that_is_none(runtime: Any) -> None:
    body = json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 50, "messages": HELLO})
    model = "messages/small@fault=cut_text,after=3"
    with closing(runtime.invoke_model_with_response_stream(modelId=model, body=body)["body"]) as frames:
        with pytest.raises(EventStreamError):
            list(frames)
    with pytest.raises(ClientError, match="nobody"):
        runtime.invoke_model(modelId="nobody", body=body)
