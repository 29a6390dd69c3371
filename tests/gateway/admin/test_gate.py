"""Who may administer."""

import pytest

from gateway.admin.gate import OPERATOR, bearer
from storage.errors import StoreDown
from tests.gateway.admin.site import site


@pytest.mark.parametrize(
    ("header", "credential"),
    [
        (b"Bearer abc", b"abc"),
        (b"bearer  abc ", b"abc"),
        (b"Basic abc", b""),
        (b"abc", b""),
        (b"", b""),
    ],
)
def test_a_credential_is_read_from_a_bearer_header_only(header, credential) -> None:
    assert bearer(header) == credential


async def test_the_key_of_the_settings_is_let_in_and_follows_a_reload(tmp_path) -> None:
    async with site(tmp_path / "a.db") as box:
        headers = {"authorization": "Bearer configured-secret"}
        await box.ask("GET", "/admin/v1/teams", headers=headers)
        for wrong in ("configured-secre", "configured-secret2", ""):
            await box.refused(
                *("GET", "/admin/v1/teams", 401, "invalid_api_key"),
                headers={"authorization": f"Bearer {wrong}"},
            )
    assert OPERATOR.role == "admin"


async def test_a_callers_key_is_a_403_that_says_what_is_needed(tmp_path) -> None:
    async with site(tmp_path / "a.db") as box:
        headers = {"authorization": f"Bearer {(await box.world.credential()).decode()}"}
        error = await box.refused("GET", "/admin/v1/teams", 403, "admin_key_required", headers=headers)
        assert error["type"] == "permission_error"
        assert "signalbox keys create --admin" in error["message"]


async def test_without_a_key_nothing_is_told_not_even_what_exists(tmp_path) -> None:
    async with site(tmp_path / "a.db") as box:
        for path in ("/admin/v1/teams", "/admin/v1/teams/nobody", "/admin/v1/nothing/here"):
            error = await box.refused("GET", path, 401, "invalid_api_key", headers={})
            assert error["message"].startswith("No key was sent")


async def test_a_database_that_is_away_is_a_503_never_a_401(tmp_path) -> None:
    async with site(tmp_path / "a.db") as box:

        async def away(_credential):
            raise StoreDown("The database cannot be used now.")

        box.world.ring.identify = away
        error = await box.refused("GET", "/admin/v1/teams", 503, "store_unavailable")
        assert error["type"] == "server_error"
