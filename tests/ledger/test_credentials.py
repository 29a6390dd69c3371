"""What a stored key says of a credential, and what a caller is told."""

import dataclasses

import pytest

from ledger.credentials import Credential, UnknownKey, judge, load_credentials
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
        held = (await load_credentials(w.database, [issued.key.id]))[issued.key.id]
    principal = held.principal
    assert (principal.user, principal.team, principal.organisation) == ("ann", "support", "acme")
    assert principal.models == ("gpt-4*",)
    assert principal.tags == (("cost", "1"), ("env", "dev"))
    assert principal.tags_json == '{"cost":"1","env":"dev"}'
    assert len(held.subjects) == 4
    assert issued.minted.plaintext not in repr(held)


async def test_keys_are_found_together_but_for_those_that_do_not_exist(tmp_path) -> None:
    async with world(tmp_path / "a.db") as w:
        ids = [(await w.key()).key.id for _ in range(3)]
        found = await load_credentials(w.database, ["0000000000", *ids, "zzzzzzzzzz"])
        assert {key_id: each.principal.key_id for key_id, each in found.items()} == dict(
            zip(ids, ids, strict=True)
        )
