"""Users over the administrative API."""

from tests.gateway.admin.site import site


async def test_users_are_created_listed_and_shown(tmp_path) -> None:
    async with site(tmp_path / "a.db") as box:
        made = await box.ask("POST", "/admin/v1/users", expect=201, json={"team": "support", "name": "ann"})
        assert await box.ask("GET", f"/admin/v1/users/{made['id']}") == made
        assert (await box.ask("GET", "/admin/v1/users?team=support"))["data"] == [made]
        assert (await box.ask("GET", "/admin/v1/users?team=other"))["data"] == []
        taken = {"team": "support", "name": "ann"}
        await box.refused("POST", "/admin/v1/users", 409, "already_exists", json=taken)
        await box.refused("GET", "/admin/v1/users/nobody", 404, "not_found")
