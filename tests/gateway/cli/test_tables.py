"""What accounts look like in a terminal, and how options are read."""

import json

import pytest
from pydantic import BaseModel

from gateway.cli.tables import (
    day,
    has_room,
    models_text,
    print_facts,
    print_json,
    print_table,
    read_models,
    read_tags,
    share_bar,
)


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


@pytest.mark.parametrize("width", [20, 60, 80, 100, 300])
@pytest.mark.parametrize("ids", [True, False])
def test_nothing_is_cut_off_however_narrow_the_terminal_is(capsys, monkeypatch, width, ids) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    row = ("67dth7dkpc", "first key", "active", "support", "sim/small@fault=cut_text", "~$0.00012645", "7")
    columns = ("ID", "NAME", "STATUS", "TEAM", "MODEL", "COST", "REQUESTS")
    total = ("total", "", "", "", "", "~$1.00", "12,345")
    print_table(columns, [row, row], total, right=columns[-2:], ids=ids)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    assert has_room(columns, [row, total], ids=ids) is (width >= 80)
    said = "".join(lines).replace(" ", "")
    kept = (*columns, *(each for number, each in enumerate(row) if number != 4), "~$1.00", "12,345")
    assert all(said.count(each.replace(" ", "")) >= 1 for each in kept)
    if width >= 100 or width < 80:  # elsewhere its letters are above one another
        assert "sim/small@fault=cut_text" in said


@pytest.mark.parametrize(("width", "shown"), [(60, False), (70, True)])
def test_a_bar_is_whole_or_not_there(monkeypatch, width, shown) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    columns = ("TEAM", "REQUESTS", "ERRORS", "IN", "OUT", "COST", "SHARE")
    rows = [("default", "1", "0", "9", "41", "$0.00002595", share_bar(1, 1))]
    assert has_room(columns, rows, ids=False) is shown


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
