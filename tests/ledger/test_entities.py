"""A key's state, by what was done to it and what time it is."""

import dataclasses

import pytest

from ledger.entities import IssuedKey, Key
from ledger.keys import MintedKey

KEY = Key("id", "", "caller", "support", None, None, (), 1000, None, None, None)


@pytest.mark.parametrize(
    ("expires", "revoked", "state"),
    [
        pytest.param(None, None, "active", id="no end"),
        pytest.param(5001, None, "active", id="a millisecond left"),
        pytest.param(5000, None, "expired", id="the end has come"),
        pytest.param(None, 1, "revoked", id="revoked"),
        pytest.param(4000, 1, "revoked", id="revoked wins over expired"),
    ],
)
def test_the_state_of_a_key(expires, revoked, state) -> None:
    assert dataclasses.replace(KEY, expires_ms=expires, revoked_ms=revoked).state(5000) == state


def test_an_issued_key_does_not_print_its_plaintext() -> None:
    assert "sk-sb-secret" not in repr(IssuedKey(KEY, MintedKey("id", "sk-sb-secret", "hash")))
