"""How a command fails: a sentence for people, a document for programs, never a traceback."""

import json

import pytest
import typer

from config.errors import ConfigError, Problem
from gateway.cli.failure import CLAIMED, fail, fail_because
from ledger.entities import AccountError, AlreadyExists, NotFound
from ledger.spool import SpoolFull
from storage.engine import UnknownDatabase
from storage.errors import StoreDown, StoreTooNew

ROOM = "Free some space, or name another folder with --state."
MISTAKE = Problem("signalbox.yaml", "server.port", '"x"', "a port", line=1, column=16)


def said(capsys: pytest.CaptureFixture[str], error: Exception, *, as_json: bool) -> str:
    with pytest.raises(typer.Exit) as end:
        fail_because(error, as_json=as_json)
    told = capsys.readouterr()
    assert (end.value.exit_code, told.out) == (1, "")
    return told.err


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (NotFound("There is no team 'x'."), "not_found", "There is no team 'x'."),
        (AlreadyExists("It is there."), "already_exists", "It is there."),
        (AccountError("No."), "invalid_request", "No."),
        (StoreDown("The database is away."), "store_unavailable", "The database is away."),
        (StoreTooNew("Too new."), "store_unavailable", "Too new."),
        (UnknownDatabase("What is that?"), "invalid_value", "What is that?"),
        (PermissionError(13, "Permission denied", "/state"), "system_error", "/state: Permission denied."),
        (OSError("Cannot listen."), "system_error", "Cannot listen."),
        (SpoolFull("no space"), "system_error", f"Nothing can be written: no space. {ROOM}"),
    ],
)
def test_each_failure_has_its_code_and_its_text(capsys, error: Exception, code: str, message: str) -> None:
    assert isinstance(error, CLAIMED)
    assert said(capsys, error, as_json=False) == f"error: {message}\n"
    assert json.loads(said(capsys, error, as_json=True)) == {"error": {"message": message, "code": code}}


def test_mistakes_of_a_configuration_keep_their_places(capsys) -> None:
    assert "signalbox.yaml:1:16 server.port" in said(capsys, ConfigError([MISTAKE]), as_json=False)
    error = json.loads(said(capsys, ConfigError([MISTAKE]), as_json=True))["error"]
    assert error["code"] == "invalid_configuration"
    assert [(each["line"], each["column"]) for each in error["problems"]] == [(1, 16)]


def test_a_text_alone_is_enough(capsys) -> None:
    with pytest.raises(typer.Exit):
        fail("what is wrong")
    assert capsys.readouterr().err == "error: what is wrong\n"
