"""Plug-ins in a folder."""

import sys
from pathlib import Path

import pytest

from config.discover import PluginError, discover


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    name = f"plugins_of_{abs(hash(request.node.name))}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Plug-ins."""\n')
    (folder / "b_second.py").write_text("PLUGIN = 2\n")
    (folder / "a.py").write_text("PLUGIN = 1\n")
    (folder / "_shared.py").write_text("raise RuntimeError\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return name


def test_a_files_name_is_its_name_in_the_yaml(package: str) -> None:
    assert list(discover(package, "PLUGIN", int).items()) == [("a", 1), ("b-second", 2)]


def test_a_package_is_a_plug_in_too(package: str, tmp_path: Path) -> None:
    (tmp_path / package / "whole").mkdir()
    (tmp_path / package / "whole" / "__init__.py").write_text("PLUGIN = 3\n")
    assert discover(package, "PLUGIN", int)["whole"] == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "it does not declare it"), ("PLUGIN = 'x'", "it declares a str")],
    ids=["none", "other"],
)
def test_a_file_without_a_plug_in_is_named(package: str, tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / package / "bad.py").write_text(text)
    with pytest.raises(PluginError, match=f"bad.py must declare PLUGIN, a int; {says}"):
        discover(package, "PLUGIN", int)
