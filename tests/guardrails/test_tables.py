"""A cell is named by the heading of its column, in whatever a table is written."""

import pytest

from config.catalog import GuardFacts
from guardrails.guard import SEPARATOR, Segment
from guardrails.guards import pii
from guardrails.tables import Tables

GUARDING = pii.build(GuardFacts("pii", "pii"))
FILLING = "".join(f"Bo {each},1961-02-0{each},0171234560{each},C01X0000{each}\n" for each in range(1, 9))
CSV = f"name,date of birth,mobile,passport\n{FILLING}Ann,1985-03-12,01712345678,C01X00T47"


def heading(text: str, at: str) -> str | None:
    raw = text.encode()
    start = raw.index(at.encode())
    cell = Tables(raw).cell(start, start + len(at.encode()))
    return None if cell is None else cell.heading.decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b,c\nx,y,z\nx,42,z", "b"),
        ("a\tb\nx\ty\nx\t42", "b"),
        ("| a | b |\n|---|---|\n| x | 42 |", "b"),
        ('"a";"b"\n"x";"42"', "b"),
        ("Here is the list:\na,b\nx,42", "b"),
        ('"a, or b",c\nx,42', "c"),
        ("a,b\n\nx,42", None),
        ("a,b,c\nx,42", None),
        ("x,17\nx,42", None),
        ("a,b\nx,no 42", None),
        ("a,b", None),
        ("COPY t (a, b) FROM stdin;\nx\t42", "b"),
        ("insert into t (a, \"b\") values ('x, y', '42')", "b"),
        ("INSERT INTO t (a, b) VALUES (1, 2),\n (3, 42)", "b"),
        ("INSERT INTO t (a) VALUES (3, 42)", None),
        ("f(a, b) or VALUES (3, 42)", None),
        ("VALUES (3, 42)", None),
    ],
    ids=[
        "commas",
        "tabs",
        "markdown",
        "quotes",
        "behind a line",
        "a mark in quotes",
        "another paragraph",
        "fewer cells",
        "a number on top",
        "no beginning of a cell",
        "no row",
        "a dump",
        "SQL",
        "rows in SQL",
        "fewer names in SQL",
        "no names in SQL",
        "SQL without names",
    ],
)
def test_what_stands_above_a_column(text: str, expected: str | None) -> None:
    assert heading(text, "42" if "42" in text else "b") == expected


def test_a_table_of_another_text_says_nothing() -> None:
    text = b"a,b\nx,y" + SEPARATOR + b"x,42"
    assert Tables(text).cell(len(text) - 2, len(text)) is None


def test_a_table_is_asked_about_one_place_after_another() -> None:
    text = b"a,b\nx,42\n\nc,d\nx,43"
    tables, headings = Tables(text), []
    for at in (b"42", b"43"):
        cell = tables.cell(text.index(at), text.index(at) + 2)
        headings.append(cell and cell.heading)
    assert headings == [b"b", b"d"]


@pytest.mark.parametrize("mark", [",", "\t", ";", " | "])
def test_the_last_row_of_a_table_is_found_as_its_first(mark: str) -> None:
    raw = CSV.replace(",", mark).encode()
    found = [raw[each.start : each.end] for each in GUARDING.inspect(Segment("input", raw))]
    assert found[-3:] == [b"1985-03-12", b"01712345678", b"C01X00T47"]
    assert len(found) == 27


def test_columns_of_other_names_hold_nothing() -> None:
    said = CSV.replace("date of birth", "ordered").replace("mobile", "order").replace("passport", "part")
    assert GUARDING.inspect(Segment("input", said.encode())) == []
