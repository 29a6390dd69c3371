"""Each account has one proof."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from config.catalog import Secret, Vendor
from tests.gateway.signing.accounts import AWS, GOOGLE, proofs


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
