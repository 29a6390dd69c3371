"""What failed is said in one line on standard error, with exit code 1."""

import pytest
import typer

from gateway.cli.store import fail, perform
from ledger.entities import NewTeam, NotFound
from storage.errors import StoreDown


def raising(error: Exception):
    async def operation(_accounts):
        raise error

    return operation


def test_an_operation_finds_the_tables_made_in_a_private_file(tmp_path) -> None:
    team = perform(lambda accounts: accounts.teams.create(NewTeam("support")), tmp_path / "state", None)
    assert team.name == "support"
    assert (tmp_path / "state" / "signalbox.db").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_a_database_url_wins_over_the_state_directory(tmp_path) -> None:
    url = f"sqlite:///{tmp_path}/other.db"
    perform(lambda accounts: accounts.teams.list(), tmp_path / "state", url)
    assert (tmp_path / "other.db").is_file()
    assert not (tmp_path / "state" / "signalbox.db").exists()


@pytest.mark.parametrize(
    ("error", "database"),
    [
        pytest.param(NotFound("There is no team 'x'."), None, id="an account"),
        pytest.param(StoreDown("The database cannot be used now."), None, id="the store"),
        pytest.param(None, "mysql://u:secret@h/d", id="the url"),
    ],
)
def test_a_failure_is_one_line_and_an_exit_code(tmp_path, capsys, error, database) -> None:
    with pytest.raises(typer.Exit) as end:
        perform(raising(error), tmp_path, database)
    said = capsys.readouterr()
    assert end.value.exit_code == 1
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert "secret" not in said.err


def test_fail_says_it_and_ends(capsys) -> None:
    with pytest.raises(typer.Exit):
        fail("what is wrong")
    assert capsys.readouterr().err == "error: what is wrong\n"
