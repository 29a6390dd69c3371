"""Teams over the administrative API."""

from urllib.parse import quote

import pytest

from tests.gateway.admin.site import CATALOG, site


@pytest.fixture
async def box(tmp_path):
    async with site(tmp_path / "a.db") as made:
        yield made


async def test_a_team_is_created_shown_changed_and_archived(box) -> None:
    body = {"name": "sales", "organisation": "acme", "models": ["fast"], "tags": {"a": "b"}}
    made = await box.ask("POST", "/admin/v1/teams", expect=201, json=body)
    assert body.items() <= made.items()
    assert await box.ask("GET", "/admin/v1/teams/sales") == await box.ask(
        "GET", f"/admin/v1/teams/{made['id']}"
    )
    changed = await box.ask("PATCH", "/admin/v1/teams/sales", json={"models": None})
    assert (changed["models"], changed["tags"]) == (None, {"a": "b"})
    changed = await box.ask("PATCH", "/admin/v1/teams/sales", json={"tags": {}})
    assert (changed["models"], changed["tags"]) == (None, {})
    archived = await box.ask("POST", "/admin/v1/teams/sales/archive")
    assert archived["archived_at"] == int(box.world.clock.now)


@pytest.mark.parametrize("name", ["acme/support", "a/archive", "50%", "a%2Fb", "Ünal & Co?"])
async def test_a_name_may_have_any_character_where_it_is_percent_encoded(box, name) -> None:
    await box.ask("POST", "/admin/v1/teams", expect=201, json={"name": name})
    path = f"/admin/v1/teams/{quote(name, safe='')}"
    assert (await box.ask("GET", path))["name"] == name
    assert (await box.ask("POST", f"{path}/archive"))["name"] == name


async def test_archived_teams_are_listed_when_asked_for(box) -> None:
    await box.ask("POST", "/admin/v1/teams", expect=201, json={"name": "sales"})
    await box.ask("POST", "/admin/v1/teams/sales/archive")
    names = [
        sorted(team["name"] for team in (await box.ask("GET", f"/admin/v1/teams{query}"))["data"])
        for query in ("", "?archived=true")
    ]
    assert names == [["support"], ["sales", "support"]]


async def test_a_declared_team_is_closed_with_the_file_named_as_its_owner(box) -> None:
    await box.world.accounts.declare(CATALOG.teams)
    assert (await box.ask("GET", "/admin/v1/teams/declared"))["declared"] is True
    for method, path in (("PATCH", ""), ("POST", "/archive")):
        error = await box.refused(method, f"/admin/v1/teams/declared{path}", 403, "declared_in_file")
        assert "signalbox.yaml" in error["message"]


async def test_a_name_that_is_taken_is_a_conflict(box) -> None:
    await box.refused("POST", "/admin/v1/teams", 409, "already_exists", json={"name": "support"})


async def test_a_team_that_does_not_exist_is_a_404(box) -> None:
    await box.refused("GET", "/admin/v1/teams/nobody", 404, "not_found")
