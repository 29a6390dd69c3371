"""The configuration over the administrative API: shown without a secret, reloaded whole or not at all."""

from dataclasses import replace

from gateway.admin.operations import config_answer
from tests.gateway.admin.site import CATALOG, site


async def test_the_configuration_is_shown_without_any_secret(tmp_path) -> None:
    async with site(tmp_path / "a.db") as box:
        shown = await box.ask("GET", "/admin/v1/config")
    assert shown["vendors"][0]["key_from"] == "env OPENAI_API_KEY"
    assert shown["vendors"][0]["headers"] == ["x-team"]
    assert shown["models"][0]["targets"] == [{"vendor": "openai", "model": "mini", "weight": 2}]
    assert shown["teams"][0]["name"] == "declared"
    assert "secret" not in config_answer(CATALOG).model_dump_json()


async def test_a_reload_says_what_is_in_force_and_whether_it_is_new(tmp_path) -> None:
    async with site(tmp_path / "a.db") as box:
        assert (await box.ask("POST", "/admin/v1/reload"))["changed"] is False
        new = replace(CATALOG, version="v2")

        async def load():
            box.catalog = new
            return new

        box.reload = load
        answer = await box.ask("POST", "/admin/v1/reload")
        assert (answer["version"], answer["changed"]) == ("v2", True)


async def test_a_configuration_that_is_not_valid_changes_nothing_and_says_why(tmp_path) -> None:
    async with site(tmp_path / "a.db") as box:
        box.refusal = "signalbox.yaml:3: vendors.x has no key"
        error = await box.refused("POST", "/admin/v1/reload", 400, "invalid_configuration")
        assert error["message"] == box.refusal
        assert (await box.ask("GET", "/admin/v1/config"))["version"] == "v1"
