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


def test_facts_stand_in_a_column(capsys) -> None:
    print_facts((("id", "x"), ("expires", "-")))
    assert capsys.readouterr().out == "id       x\nexpires  -\n"


def test_times_are_shown_in_utc() -> None:
    assert (day(0), day(None)) == ("1970-01-01 00:00", "-")


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
