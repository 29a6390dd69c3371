"""What failed is said in one line on standard error, with exit code 1."""

import json
import os
import pwd
from datetime import UTC, datetime

import pytest
import typer
from sqlalchemy import text

from gateway.cli.places import Where
from gateway.cli.store import clock, operator, perform, read_ledger
from ledger.entities import NewTeam, NotFound
from storage.errors import StoreDown
from tests.ports import refusing


def raising(error: Exception):
    async def operation(_accounts):
        raise error

    return operation


def test_an_operation_finds_the_tables_made_in_a_private_file(tmp_path) -> None:
    team = perform(
        lambda accounts: accounts.teams.create(NewTeam("support")),
        Where(state=tmp_path / "state"),
        create=True,
    )
    assert team.name == "support"
    assert (tmp_path / "state" / "signalbox.db").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_a_database_url_wins_over_the_state_directory(tmp_path) -> None:
    url = f"sqlite:///{tmp_path}/other.db"
    perform(
        lambda accounts: accounts.teams.list(), Where(state=tmp_path / "state", database=url), create=True
    )
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
        perform(raising(error), Where(state=tmp_path, database=database), create=True)
    said = capsys.readouterr()
    assert end.value.exit_code == 1
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert "secret" not in said.err


def test_a_failure_is_json_when_json_was_asked_for(tmp_path, capsys) -> None:
    with pytest.raises(typer.Exit):
        perform(raising(NotFound("There is no team 'x'.")), Where(state=tmp_path, as_json=True), create=True)
    said = capsys.readouterr()
    assert (said.out, json.loads(said.err)) == (
        "",
        {"error": {"message": "There is no team 'x'.", "code": "not_found"}},
    )


def test_a_ledger_without_tables_says_how_to_begin_and_is_left_without(tmp_path, capsys) -> None:
    (tmp_path / "signalbox.db").touch()
    with pytest.raises(typer.Exit):
        read_ledger(raising(AssertionError("nothing to read")), Where(state=tmp_path))
    said = capsys.readouterr().err
    assert f"{tmp_path}/signalbox.db holds no ledger (yet): start `signalbox serve`" in said


@pytest.mark.parametrize("ask", [perform, read_ledger])
def test_a_mistyped_place_is_named_and_does_not_become_an_installation(tmp_path, capsys, ask) -> None:
    typo = tmp_path / "typo"
    for where in (Where(state=typo), Where(database=f"sqlite:///{typo}/other.db")):
        with pytest.raises(typer.Exit):
            ask(raising(AssertionError("nothing to read")), where)
        assert f"There is no ledger at {typo}/" in capsys.readouterr().err
        assert not typo.exists()


def test_a_ledger_is_read_once_it_has_tables(tmp_path) -> None:
    where = Where(state=tmp_path)
    perform(lambda accounts: accounts.teams.create(NewTeam("support")), where, create=True)
    names = read_ledger(lambda database: database.fetch(text("SELECT name FROM teams")), where)
    assert "support" in [name for (name,) in names]


@pytest.mark.parametrize("ask", [perform, read_ledger])
def test_a_database_that_is_away_is_named_without_its_password(capsys, ask) -> None:
    with refusing() as port, pytest.raises(typer.Exit):
        url = f"postgresql://me:hush@127.0.0.1:{port}/ledger"
        ask(raising(AssertionError("nothing to read")), Where(database=url))
    said = capsys.readouterr().err
    assert f"It is postgresql://me:…@127.0.0.1:{port}/ledger: see that it runs" in said
    assert "hush" not in said


def test_who_acts_has_a_name_also_where_the_environment_says_none() -> None:
    assert operator({"SUDO_USER": "ann", "USER": "root"}) == "ann"
    assert operator({"USER": "bo"}) == "bo"
    assert operator({}) == pwd.getpwuid(os.getuid()).pw_name


def test_the_clock_gives_the_time_of_day() -> None:
    assert abs(clock() - datetime.now(UTC).timestamp()) < 5
