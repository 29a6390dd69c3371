"""No SDK reaches what other teams, or the operator, have in a vendor's account; its bill shows no call."""

import contextlib
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from anthropic import Anthropic
from anthropic import NotFoundError as AnthropicNotFound
from google import genai
from google.genai import errors, types
from openai import NotFoundError, OpenAI

from tests.journeys.program import Gateway, Simulator

UPLOADED = "https://generativelanguage.googleapis.com/v1beta/files/x"


def by_chat(gateway: Gateway, key: str, name: str) -> None:
    with OpenAI(base_url=gateway.base_url, api_key=key, max_retries=0) as client:
        content: Any = [{"type": "file", "file": {"file_id": name}}]
        client.chat.completions.create(model="chat/echo", messages=[{"role": "user", "content": content}])


def by_responses(gateway: Gateway, key: str, name: str) -> None:
    with OpenAI(base_url=gateway.base_url, api_key=key, max_retries=0) as client:
        content: Any = [{"type": "input_file", "file_id": name}]
        list(
            client.responses.create(
                model="responses/echo", input=[{"role": "user", "content": content}], stream=True
            )
        )


def by_messages(gateway: Gateway, key: str, name: str) -> None:
    address = gateway.base_url.removesuffix("/v1")
    with Anthropic(base_url=address, api_key=key, max_retries=0) as client:
        content: Any = [{"type": "document", "source": {"type": "file", "file_id": name}}]
        client.messages.create(
            model="messages/echo", max_tokens=9, messages=[{"role": "user", "content": content}]
        )


def by_gemini(gateway: Gateway, key: str, name: str) -> None:
    options = types.HttpOptions(base_url=gateway.base_url.removesuffix("/v1"), timeout=30_000)
    part = types.Part.from_uri(file_uri=name, mime_type="application/pdf")
    client = genai.Client(api_key=key, http_options=options)
    client.models.generate_content(model="generate_content/echo", contents=[part])


def by_converse(gateway: Gateway, key: str, name: str) -> None:
    client: Any = boto3.client(
        "bedrock-runtime",
        endpoint_url=gateway.base_url.removesuffix("/v1"),
        aws_access_key_id=key,
        aws_secret_access_key="nobody looks at it",
        region_name="us-east-1",
    )
    source = {"s3Location": {"uri": name}}
    document = {"document": {"format": "pdf", "name": "d", "source": source}}
    with contextlib.closing(client):
        try:
            client.converse(
                modelId="converse/echo",
                messages=[{"role": "user", "content": [document, {"text": "x"}]}],
            )
        except client.exceptions.ResourceNotFoundException as error:
            raise LookupError from error


WAYS: list[tuple[Callable[[Gateway, str, str], None], str, type[Exception]]] = [
    (by_chat, "", NotFoundError),
    (by_responses, "", NotFoundError),
    (by_messages, "", AnthropicNotFound),
    (by_gemini, UPLOADED, errors.ClientError),
    (by_gemini, "gs://bucket/x.pdf", errors.ClientError),
    (by_converse, "s3://bucket/x.pdf", LookupError),
]


@pytest.mark.parametrize(("way", "name", "raised"), WAYS)
def test_no_sdk_reaches_what_another_team_or_the_operator_has(
    every_format: Gateway,
    simulator: Simulator,
    way: Callable[[Gateway, str, str], None],
    name: str,
    raised: type[Exception],
) -> None:
    with every_format.admin() as admin:
        admin.post("/admin/v1/teams", json={"name": "strangers"})
        key = admin.post("/admin/v1/keys", json={"team": "strangers"}).raise_for_status().json()["key"]
    if not name:
        with every_format.client() as client:
            sent = client.post(
                "/v1/files",
                data={"purpose": "user_data"},
                files={"file": b"%PDF-1"},
                headers={"x-signalbox-vendor": "chat"},
            )
        name = sent.raise_for_status().json()["id"]
    before = len(simulator.settled())
    with pytest.raises(raised):
        way(every_format, key, name)
    assert len(simulator.settled()) == before
