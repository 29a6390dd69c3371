"""Where the files are: the flag, the environment, the home, or here."""

import os
from pathlib import Path

import pytest

from gateway.state import database_url, expected_directory, state_directory


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.mark.parametrize(
    ("flag", "environ", "place"),
    [
        pytest.param("flag", {"SIGNALBOX_STATE": "env", "HOME": "home"}, "flag", id="the flag wins"),
        pytest.param(None, {"SIGNALBOX_STATE": "env", "HOME": "home"}, "env", id="then the environment"),
        pytest.param(None, {"HOME": "home"}, "home/.local/share/signalbox", id="then the home"),
        pytest.param(
            None, {"SIGNALBOX_STATE": "", "HOME": "home"}, "home/.local/share/signalbox", id="empty"
        ),
        pytest.param(None, {}, "here/.signalbox", id="no home"),
    ],
)
def test_the_directory_is_found_and_made_private(tmp_path, flag, environ, place) -> None:
    absolute = {name: value and str(tmp_path / value) for name, value in environ.items()}
    assert expected_directory(tmp_path / flag if flag else None, absolute) == tmp_path / place
    assert not (tmp_path / place).exists()
    found = state_directory(tmp_path / flag if flag else None, absolute)
    assert found == tmp_path / place
    assert found.stat().st_mode & 0o777 == 0o700


def test_a_home_that_cannot_be_written_leaves_it_here(tmp_path) -> None:
    (tmp_path / "file").write_text("no directory")
    assert expected_directory(None, {"HOME": str(tmp_path / "file")}) == tmp_path / "here" / ".signalbox"
    assert state_directory(None, {"HOME": str(tmp_path / "file")}) == tmp_path / "here" / ".signalbox"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_state_in_the_home_leaves_it_here(tmp_path) -> None:
    (tmp_path / ".local/share/signalbox").mkdir(mode=0o500, parents=True)
    assert state_directory(None, {"HOME": str(tmp_path)}) == tmp_path / "here" / ".signalbox"


def test_a_directory_that_was_asked_for_and_cannot_be_made_is_an_error(tmp_path) -> None:
    (tmp_path / "file").write_text("no directory")
    with pytest.raises(OSError, match="file"):
        state_directory(tmp_path / "file" / "state", {})


def test_a_file_where_the_directory_should_be_is_told_as_one(tmp_path) -> None:
    (tmp_path / "file").write_text("no directory")
    with pytest.raises(NotADirectoryError, match="Not a directory.*file"):
        state_directory(tmp_path / "file", {})


def test_the_settings_database_wins_over_the_file_in_the_state_directory() -> None:
    assert database_url("postgresql://h/d", Path("/state")) == "postgresql://h/d"
    assert database_url(None, Path("/state")) == "sqlite:////state/signalbox.db"
