"""Organisations over the administrative API."""

from tests.gateway.admin.site import site


async def test_organisations_are_created_listed_and_shown(tmp_path) -> None:
    async with site(tmp_path / "a.db") as box:
        box.world.clock.now += 1
        made = await box.ask("POST", "/admin/v1/organisations", expect=201, json={"name": "acme"})
        assert await box.ask("GET", "/admin/v1/organisations/acme") == made
        listed = await box.ask("GET", "/admin/v1/organisations")
        assert [each["name"] for each in listed["data"]] == ["acme", "default"]
        await box.refused("POST", "/admin/v1/organisations", 409, "already_exists", json={"name": "acme"})
        await box.refused("POST", "/admin/v1/organisations", 400, "invalid_value", json={"name": ""})
        await box.refused("GET", "/admin/v1/organisations/nobody", 404, "not_found")
