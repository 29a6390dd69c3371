"""Teams: made here, or declared by the file, which then alone may change them."""

import pytest

from config.catalog import TeamFacts
from ledger.entities import (
    AlreadyExists,
    DeclaredInFile,
    InvalidChange,
    NewKey,
    NewTeam,
    NotFound,
    TeamPatch,
)
from ledger.teams import Declared
from tests.ledger.world import world


@pytest.fixture
async def w(tmp_path):
    async with world(tmp_path / "a.db") as made:
        yield made


def facts(*teams: TeamFacts) -> dict[str, TeamFacts]:
    return {team.name: team for team in teams}


async def test_a_team_is_found_by_name_and_by_id(w) -> None:
    made = await w.accounts.teams.create(NewTeam("support", "acme", ("fast",), (("a", "b"),)))
    assert (made.organisation, made.models, made.tags, made.declared) == (
        "acme",
        ("fast",),
        (("a", "b"),),
        False,
    )
    assert await w.accounts.teams.get("support") == await w.accounts.teams.get(made.id) == made


async def test_a_team_cannot_take_another_teams_id_as_its_name(w) -> None:
    made = await w.accounts.teams.create(NewTeam("support"))
    with pytest.raises(AlreadyExists):
        await w.accounts.teams.create(NewTeam(made.id))


async def test_a_name_stays_taken_by_an_archived_team(w) -> None:
    await w.accounts.teams.create(NewTeam("support"))
    with pytest.raises(AlreadyExists, match=r"a team 'support'\.$"):
        await w.accounts.teams.create(NewTeam("support"))
    await w.accounts.teams.archive("support")
    with pytest.raises(AlreadyExists, match="which is archived"):
        await w.accounts.teams.create(NewTeam("support"))


async def test_a_patch_changes_what_it_names_and_nothing_else(w) -> None:
    await w.accounts.teams.create(NewTeam("support", models=("fast",), tags=(("a", "b"),)))
    assert (await w.accounts.teams.update("support", TeamPatch(models=None))).tags == (("a", "b"),)
    team = await w.accounts.teams.update("support", TeamPatch(tags=()))
    assert (team.models, team.tags) == (None, ())
    assert await w.accounts.teams.get("support") == team


async def test_an_archived_team_is_listed_only_when_asked_for_and_takes_no_keys(w) -> None:
    await w.accounts.teams.create(NewTeam("support"))
    archived = await w.accounts.teams.archive("support")
    w.clock.now += 10
    assert await w.accounts.teams.archive("support") == archived
    assert (await w.accounts.teams.list()).items == ()
    assert (await w.accounts.teams.list(archived=True)).items == (archived,)
    with pytest.raises(InvalidChange, match="archived"):
        await w.accounts.keys.create(NewKey("support"))


async def test_a_key_says_that_its_team_is_archived(w) -> None:
    await w.accounts.teams.create(NewTeam("support"))
    made = await w.key(team="support")
    await w.accounts.teams.archive("support")
    [listed] = (await w.accounts.keys.list(team="support")).items
    assert (listed.state(0), (await w.accounts.keys.get(made.key.id)).state(0)) == ("team archived",) * 2
    assert (await w.accounts.keys.revoke(made.key.id)).state(0) == "revoked"


async def test_who_does_not_exist_is_named_with_the_command_that_lists(w) -> None:
    with pytest.raises(NotFound, match="signalbox teams list"):
        await w.accounts.teams.get("nobody")


async def test_a_declared_team_is_closed_to_every_change_but_the_files(w) -> None:
    await w.accounts.declare(facts(TeamFacts("support", "acme", ("fast",))))
    for change in (
        w.accounts.teams.archive("support"),
        w.accounts.teams.update("support", TeamPatch(models=None)),
    ):
        with pytest.raises(DeclaredInFile, match=r"signalbox\.yaml.*teams\.support"):
            await change
    with pytest.raises(AlreadyExists):
        await w.accounts.teams.create(NewTeam("support"))
    assert (await w.key(team="support")).key.team == "support"


async def test_a_declaration_says_what_it_changed_and_the_same_again_changes_nothing(w) -> None:
    a, b = TeamFacts("a", "acme"), TeamFacts("b", "acme", ("fast",), {"x": "1"})
    await w.accounts.teams.create(NewTeam("b"))
    assert await w.accounts.declare(facts(a, b)) == Declared(created=("a",), changed=("b",))
    assert await w.accounts.declare(facts(a, b)) == Declared()
    b_team = await w.accounts.teams.get("b")
    assert (b_team.organisation, b_team.models, b_team.tags) == ("acme", ("fast",), (("x", "1"),))
    assert await w.accounts.declare(facts(TeamFacts("a", "other"))) == Declared(
        changed=("a",), archived=("b",)
    )


async def test_a_team_that_left_the_file_is_refused_until_it_is_back(w) -> None:
    await w.accounts.declare(facts(TeamFacts("a", "acme")))
    credential = await w.credential(team="a")
    await w.ring.identify(credential)
    await w.accounts.declare({})
    assert w.ring.known(credential) is None
    assert (await w.accounts.teams.get("a")).archived_ms is not None
    await w.accounts.declare(facts(TeamFacts("a", "acme")))
    assert (await w.ring.identify(credential)).team == "a"


async def test_a_team_made_here_is_not_touched_by_a_file_that_does_not_name_it(w) -> None:
    await w.accounts.teams.create(NewTeam("own"))
    assert await w.accounts.declare({}) == Declared()
