"""A name that no team has is refused, of the ledger or of the file; an archived one is known."""

import pytest
import typer

from gateway.cli.places import Where
from gateway.cli.store import perform
from gateway.cli.strangers import refuse_strangers
from ledger.entities import NewTeam


def test_teams_of_the_ledger_and_of_the_file_are_known(tmp_path, capsys) -> None:
    where = Where(state=tmp_path)
    perform(lambda accounts: accounts.teams.create(NewTeam("support")), where, create=True)
    perform(lambda accounts: accounts.teams.archive("support"), where)
    refuse_strangers(["support", "sales"], where, ["sales"])
    for name, said in (
        ("suport", 'Did you mean "support"?'),
        ("sale", 'Did you mean "sales"?'),
        ("x", "list"),
    ):
        with pytest.raises(typer.Exit):
            refuse_strangers([name], where, ["sales"])
        assert said in capsys.readouterr().err
