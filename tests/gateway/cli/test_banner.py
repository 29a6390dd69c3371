"""What a start prints: everything needed to call at once, in code that runs as it is copied."""

import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from config.catalog import Catalog, Loaded
from config.defaults import default_catalog
from config.discover import discover
from config.errors import Problem
from config.kinds import VendorKind
from gateway.cli.banner import Place, called, recipes, welcome
from gateway.cli.places import Where

KEY = "sk-sb-0123456789-" + "a" * 39
PLACE = Place("http://127.0.0.1:8080", Path("/state"), 1, "1.2.3", Where())
LOADED = default_catalog(discover("gateway.vendors", "VENDOR", VendorKind), {})


def printed(capsys: pytest.CaptureFixture[str], loaded: Loaded, key: str | None, place: Place = PLACE) -> str:
    welcome(place, loaded, key)
    return capsys.readouterr().out


@pytest.mark.parametrize("width", ["40", "80", "120"])
def test_no_line_of_code_is_wrapped_or_indented(capsys, monkeypatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    lines = printed(capsys, LOADED, KEY).splitlines()
    assert f"export SIGNALBOX_KEY={KEY}" in lines
    assert "curl http://127.0.0.1:8080/v1/chat/completions \\" in lines
    assert "from openai import OpenAI" in lines
    assert f'    api_key="{KEY}",' in lines


@pytest.mark.parametrize("key", [KEY, None])
def test_the_python_is_python_and_finds_a_key(key: str | None) -> None:
    [code] = [code for title, code in recipes(PLACE, LOADED.catalog, key) if "Python" in title]
    compile(code, "banner", "exec")
    assert (KEY in code) == (key is not None)
    assert ("import os\n" in code and 'os.environ["SIGNALBOX_KEY"]' in code) == (key is None)


def test_at_80_columns_everything_but_the_key_fits(capsys) -> None:
    told = [line for line in printed(capsys, LOADED, KEY).splitlines() if KEY not in line]
    assert max(map(len, told)) <= 90
    code = [line for line in told if not line.startswith("  ")]
    assert max(map(len, code)) <= 80


@pytest.mark.parametrize(
    ("where", "command"),
    [
        (Where(), "signalbox keys create --team default"),
        (Where(state=Path("elsewhere")), "signalbox keys create --team default --state /state"),
        (Where(config=Path("a b.yaml")), "signalbox keys create --team default --config 'a b.yaml'"),
    ],
)
def test_without_a_first_key_the_command_that_makes_one_finds_the_same_ledger(capsys, where, command) -> None:
    assert command in printed(capsys, LOADED, None, replace(PLACE, where=where)).splitlines()


def test_the_command_is_shown_as_a_shell_finds_it(capsys, tmp_path) -> None:
    (tmp_path / "signalbox").touch(0o755)
    elsewhere = {"PATH": "/nowhere"}
    assert called(".venv/bin/signalbox", elsewhere) == ".venv/bin/signalbox"
    assert called(".venv/bin/signalbox", {"PATH": f"/nowhere:{tmp_path}"}) == "signalbox"
    assert called("gateway/cli/__main__.py", elsewhere) == "signalbox"
    said = printed(capsys, LOADED, None, replace(PLACE, command=".venv/bin/signalbox"))
    assert ".venv/bin/signalbox keys create --team default" in said.splitlines()
    assert said.count("`.venv/bin/signalbox init`") == 2 and "`signalbox" not in said


def of_file(catalog: Catalog, **changed: object) -> Catalog:
    return replace(catalog, source="signalbox.yaml", **changed)


def test_without_a_declared_model_it_shows_how_to_list_them(capsys) -> None:
    loaded = replace(LOADED, catalog=of_file(LOADED.catalog, models=MappingProxyType({})))
    said = printed(capsys, loaded, KEY)
    assert 'curl http://127.0.0.1:8080/v1/models -H "Authorization: Bearer $SIGNALBOX_KEY"' in said
    assert "chat/completions" not in said


def test_adding_a_vendor_is_told_as_fits_what_is_there(capsys) -> None:
    assert "export OPENAI_API_KEY=" in printed(capsys, LOADED, KEY)
    loaded = replace(LOADED, catalog=of_file(LOADED.catalog))
    assert "under `vendors:` in signalbox.yaml" in printed(capsys, loaded, KEY)


def test_warnings_and_workers_are_shown(capsys) -> None:
    warning = Problem("signalbox.yaml", "vendors.x.api_key", "a secret in the file itself", "a reference")
    said = printed(capsys, replace(LOADED, warnings=(warning,)), KEY, replace(PLACE, workers=4))
    assert "warning: signalbox.yaml vendors.x.api_key: found a secret in the file itself" in said
    assert "with 4 workers" in said


def test_many_vendors_are_counted_instead_of_listed(capsys) -> None:
    vendor = LOADED.catalog.vendors["sim"]
    many = MappingProxyType({f"v{n}": replace(vendor, name=f"v{n}") for n in range(20)})
    said = printed(capsys, replace(LOADED, catalog=replace(LOADED.catalog, vendors=many)), KEY)
    assert "v7 and 12 more" in said
    assert "v8" not in said


def test_json_says_the_same_in_one_line(capsys) -> None:
    said = printed(capsys, LOADED, KEY, replace(PLACE, where=Where(as_json=True)))
    assert said.count("\n") == 1
    told = json.loads(said)
    assert (told["first_key"], told["base_url"]) == (KEY, "http://127.0.0.1:8080/v1")
    assert (told["vendors"], told["models"][0], told["workers"]) == (["sim"], "demo", 1)
