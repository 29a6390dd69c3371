"""Requests to Amazon are signed with the keys that are written down, or that the machine has."""

from dataclasses import replace
from pathlib import Path

from config.catalog import Secret
from tests.gateway.signing.accounts import AWS, BODY, HEAD, KEYS, proof_of, proofs


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
