"""Statements of operators: places are found where they are places, and there is one statement."""

import pytest

from config.statements import read_statement


@pytest.mark.parametrize(
    ("text", "numbered", "names"),
    [
        ("SELECT :a, :b, :a", "SELECT $1, $2, $1", ("a", "b")),
        ("SELECT ':a', \":a\", :b::text;", "SELECT ':a', \":a\", $1::text", ("b",)),
        ("SELECT 'it''s :a' -- :a\n, :b /* :c\n */", "SELECT 'it''s :a' -- :a\n, $1 /* :c\n */", ("b",)),
        ("SELECT $$:a$$, $x$ :b ; $x$, :c", "SELECT $$:a$$, $x$ :b ; $x$, $1", ("c",)),
        ("SELECT '12:30'", "SELECT '12:30'", ()),
    ],
)
def test_places_are_numbered(text, numbered, names):
    found = read_statement(text)
    assert (found.numbered, found.names) == (numbered, names)


@pytest.mark.parametrize("text", ["", "  ;", "SELECT 1; SELECT 2", "SELECT 1;;SELECT 2"])
def test_there_is_one(text):
    with pytest.raises(ValueError, match="statement"):
        read_statement(text)
