"""Vendors that want a proof of each request, and the proofs that they are given."""

from pathlib import Path

from config.catalog import Secret, Vendor
from config.kinds import VendorKind
from gateway.clock import Clock
from gateway.signing.proofs import Proof, Proofs

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
