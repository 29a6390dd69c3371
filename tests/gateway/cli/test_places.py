"""Which ledger a command works on: the option, the file, the state directory, in this order."""

from pathlib import Path

import pytest

from config.errors import ConfigError
from gateway.cli.places import Where, chosen_file, ledger_url

DECLARED = "vendors: {openai: {api_key: '${NOT_HERE}'}}\nstores: {database: '%s'}\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def url(where: Where, **environ: str) -> str:
    return ledger_url(where, {"SIGNALBOX_STATE": "state", **environ})


def test_without_anything_it_is_sqlite_in_the_state_directory(here: Path) -> None:
    assert url(Where()) == f"sqlite:///{here}/state/signalbox.db"


def test_the_usual_file_is_read_where_one_stands(here: Path) -> None:
    (here / "signalbox.yaml").write_text(DECLARED % "postgresql://h/usual")
    assert url(Where()) == "postgresql://h/usual"


def test_the_file_that_is_asked_for_comes_before_the_usual_one(here: Path) -> None:
    (here / "signalbox.yaml").write_text(DECLARED % "postgresql://h/usual")
    (here / "other.yaml").write_text(DECLARED % "postgresql://h/other")
    assert url(Where(config=Path("other.yaml"))) == "postgresql://h/other"


def test_the_option_comes_before_any_file(here: Path) -> None:
    assert (
        url(Where(config=Path("missing.yaml"), database="postgresql://h/option")) == "postgresql://h/option"
    )


def test_references_in_the_database_are_resolved_and_no_others(here: Path) -> None:
    (here / "signalbox.yaml").write_text(DECLARED % "postgresql://u:${PASSWORD}@h/d")
    assert url(Where(), PASSWORD="p") == "postgresql://u:p@h/d"
    with pytest.raises(ConfigError, match="PASSWORD is not set"):
        url(Where())


@pytest.mark.parametrize("text", ["# nothing yet", "stores: {}", "stores: {database: }", "stores: 7", "[]"])
def test_a_file_without_a_database_leaves_it_to_the_state_directory(here: Path, text: str) -> None:
    (here / "signalbox.yaml").write_text(text)
    assert url(Where()) == f"sqlite:///{here}/state/signalbox.db"


def test_a_file_that_cannot_be_read_is_said_and_not_passed_over(here: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        url(Where(config=Path("missing.yaml")))
    (here / "signalbox.yaml").write_text("stores: {database: [")
    with pytest.raises(ConfigError):
        url(Where())


def test_no_file_is_chosen_where_none_is() -> None:
    assert chosen_file(None) is None
