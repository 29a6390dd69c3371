"""Organisations and users."""

import pytest

from ledger.entities import AlreadyExists, InvalidChange, NewTeam, NotFound
from tests.ledger.world import world


@pytest.fixture
async def w(tmp_path):
    async with world(tmp_path / "a.db") as made:
        yield made


async def test_an_organisation_is_found_by_name_and_by_id(w) -> None:
    made = await w.accounts.organisations.create("acme")
    assert await w.accounts.organisations.get("acme") == made
    assert await w.accounts.organisations.get(made.id) == made


async def test_an_organisation_exists_once(w) -> None:
    await w.accounts.organisations.create("acme")
    with pytest.raises(AlreadyExists, match="acme"):
        await w.accounts.organisations.create("acme")


async def test_a_user_belongs_to_one_team_and_may_have_the_name_of_another_teams(w) -> None:
    for team in ("support", "sales"):
        await w.accounts.teams.create(NewTeam(team))
        user = await w.accounts.users.create(team, "ann")
        assert await w.accounts.users.get(user.id) == user
    with pytest.raises(AlreadyExists, match="'sales' already has a user 'ann'"):
        await w.accounts.users.create("sales", "ann")
    assert [user.team for user in (await w.accounts.users.list("sales")).items] == ["sales"]
    assert len((await w.accounts.users.list()).items) == 2


async def test_who_does_not_exist_is_named(w) -> None:
    with pytest.raises(NotFound, match="nobody"):
        await w.accounts.users.get("nobody")
    with pytest.raises(NotFound, match="nowhere"):
        await w.accounts.organisations.get("nowhere")
    with pytest.raises(NotFound, match="no team 'nowhere'"):
        await w.accounts.users.create("nowhere", "ann")
    with pytest.raises(InvalidChange):
        await w.accounts.organisations.create("")
