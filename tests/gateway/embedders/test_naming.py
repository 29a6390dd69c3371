"""Which words are names, by weights that are as simple as can be."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gateway.embedders.embedder import Array
from gateway.embedders.naming import KINDS, features, load_weights, names, save_weights, words

WIDTH = 3  # of a word's state here: whether it is taken for a person, a place, an organisation
WRITTEN = 16
PEOPLE, PLACES, FIRMS = (
    {"ann", "jane", "doe", "o'neil", "jean", "paul"},
    {"rome", "york", "new"},
    {"acme", "inc"},
)


def read(text: str) -> tuple[Array, list[tuple[int, int]]]:
    """A token for each word."""
    places = words(text)
    said = [text[start:end].lower().removesuffix("'s") for start, end in places]
    return np.array([[each in some for some in (PEOPLE, PLACES, FIRMS)] for each in said], np.float32), places


def weights(caution: float = -4.0) -> Array:
    found = np.zeros((1 + 3 * (WIDTH + WRITTEN), 4), np.float32)
    for number in range(WIDTH):
        found[1 + number, number + 1] = 8.0
    found[0, 1:] = caution
    return found


def found(text: str, **settings: Any) -> list[tuple[str, str]]:
    return [(each.kind, text[each.start : each.end]) for each in names(text, read, weights(), **settings)]


TABLE = [
    ("none", "nothing to see here", []),
    ("nothing at all", "", []),
    ("signs alone", "?! -- ...", []),
    ("one", "Ask Ann about it.", [("PERSON", "Ann")]),
    ("two words are one name", "Jane Doe called.", [("PERSON", "Jane Doe")]),
    ("with a hyphen", "Jean-Paul Doe, hello", [("PERSON", "Doe")]),
    ("a comma parts them", "Ann, Jane", [("PERSON", "Ann"), ("PERSON", "Jane")]),
    ("a line parts them", "Ann\nJane", [("PERSON", "Ann"), ("PERSON", "Jane")]),
    ("an end parts them", "It was Jane. Ann left.", [("PERSON", "Jane"), ("PERSON", "Ann")]),
    ("whose it is", "Jane's dog and O'Neil's", [("PERSON", "Jane"), ("PERSON", "O'Neil")]),
    ("a place", "Ann flew to New York", [("PERSON", "Ann"), ("LOCATION", "New York")]),
    ("a firm", "She left Acme Inc in May", [("ORGANIZATION", "Acme Inc")]),
    ("a mail address is none", "ann@example.org and doe@rome.example", []),
    ("without capitals", "ask ann", [("PERSON", "ann")]),
    ("other letters before it", "日本語 😀 Ann", [("PERSON", "Ann")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_is_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_a_word_without_a_capital_must_be_surer() -> None:
    assert found("Ann and ann", least=0.9) == [("PERSON", "Ann")]


def test_a_long_text_is_read_in_parts_and_places_are_the_texts() -> None:
    text = "".join(f"line {number} is for Ann.\n" for number in range(200))
    assert found(text) == [("PERSON", "Ann")] * 200
    assert found("x" * 2000 + " Ann") == [("PERSON", "Ann")]


def test_what_the_model_did_not_read_has_no_row() -> None:
    def short(text: str) -> tuple[Array, list[tuple[int, int]]]:
        states, places = read(text)
        return states[:2], places[:2]

    places, rows = features("Ann met Jane", short)
    assert places == [(0, 3), (4, 7)]
    assert rows.shape == (2, 3 * (WIDTH + WRITTEN))


def test_neighbours_stand_beside_a_word() -> None:
    _, rows = features("Ann met Jane", read)
    size = WIDTH + WRITTEN
    assert not rows[0, size : 2 * size].any() and not rows[2, 2 * size :].any()
    assert np.array_equal(rows[1, size : 2 * size], rows[0, :size])
    assert np.array_equal(rows[1, 2 * size :], rows[2, :size])


def test_weights_come_back_and_those_that_are_shipped_fit_the_model(tmp_path: Path) -> None:
    save_weights(weights(), tmp_path / "w")
    assert np.array_equal(load_weights(tmp_path / "w"), weights())
    assert load_weights().shape == (1 + 3 * (384 + WRITTEN), 1 + len(KINDS))
    assert np.isfinite(load_weights()).all() and load_weights().any(axis=0).all()
