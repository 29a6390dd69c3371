"""Relayed requests are proved as translated ones are: a server that checks AWS's signatures takes them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials

from gateway.errors import TooLarge
from gateway.relaying.proving import proved
from gateway.signing.refreshing import CredentialsUnavailable
from tests.gateway.relaying.vendor import Line, Told, Vendor, answers, line

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
KEYS = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": SECRET, "session_token": "a/token=="}
INVOKE = "/model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke"


class OfAmazon(Vendor):
    """Knows the secret, and whether a request was signed with it over what came."""

    def taken(self, told: Told) -> bool:
        method, path, _ = told.line.split(" ")
        given = told.headers.get("authorization", "")
        fields = dict(pair.split("=", 1) for pair in given.removeprefix("AWS4-HMAC-SHA256 ").split(", "))
        signed = fields["SignedHeaders"].split(";")
        # Whatever is Amazon's own must be signed.
        if any(name.startswith("x-amz-") and name not in signed for name in told.headers):
            return False
        request = AWSRequest(
            method,
            f"http://{told.headers['host']}{path}",
            {name: told.headers[name] for name in signed},
            bytes(told.body),
        )
        request.context["timestamp"] = told.headers["x-amz-date"]
        keys = ReadOnlyCredentials(KEYS["access_key_id"], SECRET, KEYS["session_token"])
        signer = SigV4Auth(keys, "bedrock", "eu-west-1")
        expected = signer.signature(
            signer.string_to_sign(request, signer.canonical_request(request)), request
        )
        return (
            fields["Signature"] == expected and told.headers["x-amz-security-token"] == KEYS["session_token"]
        )


def amazon(place: Path, vendor: Vendor, keys: dict[str, str]) -> Any:
    written = ", ".join(f'{name}: "{value}"' for name, value in keys.items())
    kind = f"kind: bedrock, region: eu-west-1, credentials: {{ {written} }}" if keys else "kind: bedrock"
    return line(place, vendor, kind=kind, more="teams: { default: { passthrough: [v0] } }")


async def passed(relay: Line, body: Any, **headers: str) -> Any:
    return await relay.here.client.post(
        f"/passthrough/v0{INVOKE}?a=1", content=body, headers={**relay.here.headers, **headers}, timeout=20
    )


async def pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 70_000


async def test_a_model_is_named_by_its_arn(tmp_path: Path) -> None:
    vendor = OfAmazon(answers(200, b'{"ok":1}'))
    arn = "arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Ainference-profile%2Feu.amazon.nova-lite-v1%3A0"
    async with amazon(tmp_path, vendor, KEYS) as relay:
        answer = await relay.post(f"/passthrough/v0/model/{arn}/converse")
        assert answer.json() == {"ok": 1}
        [told] = vendor.asked
        assert told.line.split(" ")[1] == f"/model/{arn}/converse" and vendor.taken(told)


@pytest.mark.parametrize("content_type", ["application/json", "application/octet-stream"])
async def test_an_upload_is_signed_over_what_it_is(tmp_path: Path, content_type: str) -> None:
    vendor = OfAmazon(answers(200, b'{"ok":1}'))
    async with amazon(tmp_path, vendor, KEYS) as relay:
        answer = await passed(relay, pieces(3), **{"content-type": content_type, "x-amz-meta-tag": "a  b"})
        assert answer.json() == {"ok": 1}
        [told] = vendor.asked
        assert vendor.taken(told)
        assert (len(told.body), told.headers["content-length"]) == (210_000, "210000")
        told.body[0:1] = b"y"
        assert not vendor.taken(told)


async def test_a_request_without_a_body_is_signed(tmp_path: Path) -> None:
    vendor = OfAmazon(answers(200, b"{}"))
    async with amazon(tmp_path, vendor, KEYS) as relay:
        await relay.here.client.get("/passthrough/v0/guardrails?b=2&a=1", headers=relay.here.headers)
        assert vendor.taken(vendor.asked[0])


async def test_amazons_own_client_passes_with_a_key_of_ours(tmp_path: Path) -> None:
    vendor = OfAmazon(answers(200, b'{"content":[]}'))
    async with amazon(tmp_path, vendor, KEYS) as relay:
        key = relay.here.headers["authorization"].removeprefix("Bearer ")
        client = boto3.client(
            "bedrock-runtime",
            endpoint_url=f"{relay.here.client.base_url}/passthrough/v0",
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key="any",
            config=Config(retries={"max_attempts": 0}),
        )
        answer = await asyncio.to_thread(
            client.invoke_model, modelId="a.model-v1:0", body=b'{"max_tokens":1}'
        )
        assert answer["body"].read() == b'{"content":[]}'
        [told] = vendor.asked
        assert vendor.taken(told) and told.body == b'{"max_tokens":1}'


async def test_what_is_too_large_to_be_held_is_refused(tmp_path: Path) -> None:
    vendor = OfAmazon(answers(200, b"{}"))
    async with amazon(tmp_path, vendor, KEYS) as relay:
        answer = await passed(relay, pieces(20))
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "request_too_large")
        assert vendor.asked == []


class Token:
    covers_body = False

    async def lines(self, head: bytes, body: bytes) -> bytes:
        if not head:
            raise CredentialsUnavailable("none")
        return b"authorization: Bearer t\r\n"


async def test_a_token_lets_the_body_flow() -> None:
    flowing = pieces(1)
    assert await proved(Token(), b"head\r\n", flowing, 1) == (b"head\r\nauthorization: Bearer t\r\n", flowing)
    with pytest.raises(CredentialsUnavailable):
        await proved(Token(), b"", None, 1)


class Covering(Token):
    covers_body = True


async def test_a_body_is_held_up_to_its_bound() -> None:
    assert (await proved(Covering(), b"h", pieces(2), 140_000))[1] == b"x" * 140_000
    assert (await proved(Covering(), b"h", None, 1))[1] is None
    with pytest.raises(TooLarge):
        await proved(Covering(), b"h", pieces(2), 139_999)
