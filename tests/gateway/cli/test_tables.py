"""What accounts look like in a terminal, and how options are read."""

import json

import pytest
from pydantic import BaseModel

from gateway.cli.tables import day, models_text, print_facts, print_json, print_table, read_models, read_tags


class Thing(BaseModel):
    id: str


def test_json_is_one_document_for_one_thing_and_for_many(capsys) -> None:
    for answer, expected in ((Thing(id="a"), {"id": "a"}), ([Thing(id="a")], [{"id": "a"}]), ([], [])):
        print_json(answer)
        assert json.loads(capsys.readouterr().out) == expected


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_table_fits_the_terminal_and_keeps_ids_whole(capsys, monkeypatch, width) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    print_table(("ID", "NAME", "MODELS"), [("0123456789", "long name " * 9, "[red]not a style[/red]")])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    assert any("0123456789" in line for line in lines)
    assert "[red]" in "".join(lines).replace(" ", "")


def test_numbers_times_and_states_are_kept_whole_before_names_are(capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    row = ("key_0123456789", "a long name of a team " * 3, "active", "2026-12-27 17:28", "$1,234.56")
    print_table(("ID", "NAME", "STATUS", "EXPIRES", "COST"), [row])
    said = capsys.readouterr().out
    assert all(each in said for each in (*row[2:], row[0]))
    assert max(map(len, said.splitlines())) <= 80


def test_into_a_pipe_each_row_is_one_line(capsys, monkeypatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    print_table(("ID", "NAME"), [("a", "long name " * 30), ("b", "x")])
    assert "long name " * 29 in capsys.readouterr().out


def test_facts_stand_in_a_column(capsys) -> None:
    print_facts((("id", "x"), ("expires", "-")))
    assert capsys.readouterr().out == "id       x\nexpires  -\n"


def test_times_are_shown_in_utc() -> None:
    assert (day(0), day(None)) == ("1970-01-01 00:00", "-")
    assert (day(253_402_300_799), day(253_402_300_800)) == ("9999-12-31 23:59", "never")


@pytest.mark.parametrize(
    ("option", "models"),
    [(None, None), ("a,b*", ("a", "b*")), (" a , ,b", ("a", "b")), ("", ())],
)
def test_models_are_read_from_a_list_with_commas(option, models) -> None:
    assert read_models(option) == models


def test_models_are_shown_or_what_their_absence_means() -> None:
    assert (models_text(None), models_text(["a", "b"]), models_text([])) == ("all", "a, b", "none")


def test_tags_are_read_as_pairs() -> None:
    assert read_tags(["a=b", "c=d=e", "f="]) == (("a", "b"), ("c", "d=e"), ("f", ""))
    assert read_tags(None) == ()
    for wrong in ("a", "=b", ""):
        with pytest.raises(ValueError, match="write name=value"):
            read_tags([wrong])
