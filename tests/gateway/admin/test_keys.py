"""Keys over the administrative API."""

import pytest

from tests.gateway.admin.site import site


@pytest.fixture
async def box(tmp_path):
    async with site(tmp_path / "a.db") as made:
        yield made


async def create(box, **body):
    return await box.ask("POST", "/admin/v1/keys", expect=201, json={"team": "support", **body})


async def test_a_created_key_shows_its_plaintext_this_once_and_works(box) -> None:
    end = int(box.world.clock.now) + 60
    made = await create(
        box, user="ann", name="laptop", models=["fast", "gpt-*"], tags={"a": "b"}, expires_at=end
    )
    principal = await box.world.ring.identify(made["key"].encode())
    assert (principal.key_id, principal.user, principal.models) == (made["id"], "ann", ("fast", "gpt-*"))
    shown = await box.ask("GET", f"/admin/v1/keys/{made['id']}")
    assert shown == {name: value for name, value in made.items() if name != "key"}
    assert shown["status"] == "active"
    assert shown["expires_at"] == end


async def test_keys_are_listed_a_page_at_a_time_newest_first(box) -> None:
    for number in range(3):
        box.world.clock.now += 1
        await create(box, name=f"k{number}")
    first = await box.ask("GET", "/admin/v1/keys?limit=2&team=support")
    assert ([key["name"] for key in first["data"]], first["has_more"]) == (["k2", "k1"], True)
    rest = await box.ask("GET", f"/admin/v1/keys?limit=2&after={first['last_id']}")
    assert ([key["name"] for key in rest["data"]], rest["has_more"]) == (["k0", ""], False)
    assert (await box.ask("GET", "/admin/v1/keys?team=nobody"))["last_id"] is None


async def test_a_patch_changes_what_it_names_and_null_is_a_value(box) -> None:
    made = await create(box, name="old", models=["a"], tags={"a": "b"})
    path = f"/admin/v1/keys/{made['id']}"
    changed = await box.ask("PATCH", path, json={"models": None, "expires_at": 2_000_000_000})
    assert (changed["name"], changed["models"], changed["tags"]) == ("old", None, {"a": "b"})
    assert changed["expires_at"] == 2_000_000_000
    changed = await box.ask("PATCH", path, json={"name": "new", "tags": {}, "expires_at": None})
    assert (changed["name"], changed["tags"], changed["expires_at"]) == ("new", {}, None)
    assert await box.ask("PATCH", path, json={}) == changed


async def test_a_revoked_key_is_refused_at_once(box) -> None:
    made = await create(box, role="admin")
    headers = {"authorization": f"Bearer {made['key']}"}
    assert await box.ask("GET", "/admin/v1/teams", headers=headers)
    revoked = await box.ask("POST", f"/admin/v1/keys/{made['id']}/revoke")
    assert (revoked["status"], revoked["revoked_at"]) == ("revoked", int(box.world.clock.now))
    await box.refused("GET", "/admin/v1/teams", 401, "invalid_api_key", headers=headers)


async def test_a_rotated_key_names_its_successor(box) -> None:
    made = await create(box)
    turned = await box.ask(
        "POST", f"/admin/v1/keys/{made['id']}/rotate", expect=201, json={"grace_seconds": 60}
    )
    assert turned["key"] != made["key"]
    old = await box.ask("GET", f"/admin/v1/keys/{made['id']}")
    assert (old["replaced_by"], old["status"]) == (turned["id"], "active")
    assert old["expires_at"] == int(box.world.clock.now) + 60
    await box.ask("POST", f"/admin/v1/keys/{turned['id']}/rotate", expect=201)
    assert (await box.ask("GET", f"/admin/v1/keys/{turned['id']}"))["status"] == "expired"


@pytest.mark.parametrize(
    ("body", "status", "code", "param"),
    [
        pytest.param({"team": "nobody"}, 404, "not_found", "team", id="no such team"),
        pytest.param({"models": ["a*b"]}, 400, "invalid_value", "models", id="a bad pattern"),
        pytest.param({"expires_at": 1}, 400, "invalid_value", "expires_at", id="in the past"),
        pytest.param({"role": "king"}, 400, "invalid_value", "role", id="no such role"),
        pytest.param({"modles": []}, 400, "invalid_value", "modles", id="a mistyped field"),
        pytest.param({"tags": {"a": 1}}, 400, "invalid_value", "tags.a", id="a tag that is a number"),
    ],
)
async def test_a_body_that_may_not_be_is_refused_with_its_place(box, body, status, code, param) -> None:
    error = await box.refused("POST", "/admin/v1/keys", status, code, json={"team": "support", **body})
    assert error["param"] == param


async def test_a_key_that_does_not_exist_is_a_404(box) -> None:
    for method, path in (("GET", ""), ("PATCH", ""), ("POST", "/revoke"), ("POST", "/rotate")):
        await box.refused(method, f"/admin/v1/keys/nobody{path}", 404, "not_found")


async def test_a_key_has_limits_of_its_own(box) -> None:
    made = await create(box, limits=["requests=10/min", "5USD/month"])
    assert made["limits"] == ["requests=10/minute", "5USD/month"]
    path = f"/admin/v1/keys/{made['id']}"
    assert (await box.ask("PATCH", path, json={"name": "n"}))["limits"] == made["limits"]
    assert (await box.ask("PATCH", path, json={"limits": []}))["limits"] == []
    await box.refused("PATCH", path, 400, "invalid_value", json={"limits": ["requests=ten"]})
