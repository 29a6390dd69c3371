"""What a stored key says of a credential, and what a caller is told."""

import dataclasses

import pytest

from ledger.credentials import Credential, UnknownKey, judge, load_credential
from ledger.entities import NewTeam
from ledger.principal import Principal
from tests.ledger.world import world

ANN = Principal("k", "", "caller", "ann", "support", "acme")
HELD = Credential(b"right", ANN, expires=100.0, revoked=False, subjects=frozenset())


@pytest.mark.parametrize(
    ("held", "digest", "now", "reason"),
    [
        pytest.param(None, b"right", 0.0, "unknown", id="no such id"),
        pytest.param(HELD, b"wrong", 0.0, "unknown", id="another secret"),
        pytest.param(HELD, b"right", 100.0, "expired", id="at its end"),
        pytest.param(dataclasses.replace(HELD, revoked=True), b"right", 0.0, "revoked", id="revoked"),
        pytest.param(
            dataclasses.replace(HELD, revoked=True), b"wrong", 0.0, "unknown", id="not told to a guesser"
        ),
    ],
)
def test_who_is_refused_and_why(held, digest, now, reason) -> None:
    with pytest.raises(UnknownKey) as refusal:
        judge(held, digest, now)
    assert refusal.value.reason == reason
    assert refusal.value.message


def test_the_holder_of_a_working_key_is_let_in() -> None:
    assert judge(HELD, b"right", 99.999) is ANN


async def test_a_principal_is_made_of_the_key_and_its_team(tmp_path) -> None:
    async with world(tmp_path / "a.db") as w:
        await w.accounts.teams.create(
            NewTeam("support", "acme", ("fast", "gpt-*"), (("cost", "1"), ("env", "prod")))
        )
        issued = await w.key(user="ann", name="laptop", models=("gpt-4*",), tags=(("env", "dev"),))
        held = await load_credential(w.database, issued.key.id)
    assert held is not None
    principal = held.principal
    assert (principal.user, principal.team, principal.organisation) == ("ann", "support", "acme")
    assert principal.models == ("gpt-4*",)
    assert principal.tags == (("cost", "1"), ("env", "dev"))
    assert principal.tags_json == '{"cost":"1","env":"dev"}'
    assert len(held.subjects) == 4
    assert issued.minted.plaintext not in repr(held)


async def test_a_key_that_does_not_exist_is_none(tmp_path) -> None:
    async with world(tmp_path / "a.db") as w:
        assert await load_credential(w.database, "0000000000") is None
