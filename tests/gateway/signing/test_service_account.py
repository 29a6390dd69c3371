"""A service account that is missing is told at the call, one that nobody can read at the load."""

from dataclasses import replace
from pathlib import Path

import pytest

from config.catalog import Secret
from gateway.signing.refreshing import CredentialsUnavailable
from tests.gateway.signing.accounts import BODY, GOOGLE, HEAD, proof_of, proofs


async def test_without_credentials_a_call_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(CredentialsUnavailable, match=r"credentials\.service_account"):
        await proof_of(GOOGLE, proofs(tmp_path)).lines(HEAD, BODY)


@pytest.mark.parametrize("written", ["not json", "[]"])
def test_an_account_that_nobody_can_read_is_refused_at_load(written: str, tmp_path: Path) -> None:
    vendor = replace(GOOGLE, credentials={"service_account": Secret(written, "test")})
    with pytest.raises(ValueError, match=r"vendors\.vertex\.credentials\.service_account"):
        proofs(tmp_path).get(vendor)
