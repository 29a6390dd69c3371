"""Each account has one proof, which says what it lacks only when it is called."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from config.catalog import Secret, Vendor
from config.kinds import VendorKind
from gateway.clock import Clock
from gateway.signing.proofs import Proof, Proofs
from gateway.signing.refreshing import CredentialsUnavailable

CLOCK = Clock(lambda: 1_767_225_600_000, lambda: 1_767_225_600.0, lambda: 50.0)
AWS = Vendor(
    "bedrock",
    VendorKind("bedrock", "Bedrock", auth="aws"),
    "https://bedrock-runtime.us-east-1.amazonaws.com",
    None,
    "us-east-1",
)
GOOGLE = Vendor("vertex", VendorKind("vertex-ai", "Vertex", auth="google"), "https://google.test", None, "eu")
KEYS = {
    "access_key_id": Secret("AKIDEXAMPLE", "test"),
    "secret_access_key": Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "test"),
}
HEAD = (
    b"POST /model/amazon.nova-lite-v1%3A0/converse HTTP/1.1\r\n"
    b"host: bedrock-runtime.us-east-1.amazonaws.com\r\ncontent-type: application/json\r\n"
)
BODY = b'{"messages":[{"role":"user","content":[{"text":"hi"}]}]}'


def proofs(home: Path, **environ: str) -> Proofs:
    return Proofs(environ, home, CLOCK)


def proof_of(vendor: Vendor, found: Proofs) -> Proof:
    proof = found.get(vendor)
    assert proof is not None
    return proof


async def test_a_request_to_amazon_is_signed_as_amazon_signs_it(tmp_path: Path) -> None:
    lines = await proof_of(replace(AWS, credentials=KEYS), proofs(tmp_path)).lines(HEAD, BODY)
    # The signature that AWS's own signer gives for this request.
    assert b"c764851dd01b25482acb841d1989ed28c64cb394e8c8c11c4865d2b731ca54e5\r\n" in lines
    assert lines.startswith(b"x-amz-date: 20260101T000000Z\r\nauthorization: AWS4-HMAC-SHA256 Credential=")


async def test_keys_of_the_environment_are_taken_where_none_are_written(tmp_path: Path) -> None:
    environ = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}
    lines = await proof_of(AWS, proofs(tmp_path, **environ)).lines(HEAD, BODY)
    assert b"Credential=AKIAENV/" in lines and b"x-amz-security-token: t\r\n" in lines


async def test_a_profile_is_read_from_the_file_of_amazons_tools(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/credentials").write_text("[eu]\naws_access_key_id=AKIAEU\naws_secret_access_key=s\n")
    vendor = replace(AWS, credentials={"profile": Secret("eu", "test")})
    assert b"Credential=AKIAEU/" in await proof_of(vendor, proofs(tmp_path)).lines(HEAD, BODY)


async def test_without_credentials_a_call_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(CredentialsUnavailable, match=r"credentials\.service_account"):
        await proof_of(GOOGLE, proofs(tmp_path)).lines(HEAD, BODY)


@pytest.mark.parametrize("vendor", [AWS, GOOGLE], ids=["amazon", "google"])
def test_a_key_needs_no_other_proof(vendor: Vendor, tmp_path: Path) -> None:
    assert proofs(tmp_path).get(replace(vendor, api_key=Secret("k", "test"))) is None


def test_an_account_keeps_its_proof_over_configurations(tmp_path: Path) -> None:
    found = proofs(tmp_path)
    account = {"service_account": Secret(json.dumps({"client_email": "a@b"}), "test")}
    first = found.get(replace(GOOGLE, credentials=account))
    assert found.get(replace(GOOGLE, name="again", credentials=account)) is first
    other = {"service_account": Secret(json.dumps({"client_email": "c@d"}), "test")}
    assert found.get(replace(GOOGLE, credentials=other)) is not first


@pytest.mark.parametrize("written", ["not json", "[]"])
def test_an_account_that_nobody_can_read_is_refused_at_load(written: str, tmp_path: Path) -> None:
    vendor = replace(GOOGLE, credentials={"service_account": Secret(written, "test")})
    with pytest.raises(ValueError, match=r"vendors\.vertex\.credentials\.service_account"):
        proofs(tmp_path).get(vendor)
