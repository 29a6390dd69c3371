"""A text is read with its escapes undone, and each place in a reading leads back to the bytes that say it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.guard import Finding
from guardrails.readings import DEEPEST, is_json, readings, seen_in, settled, whole

LETTERS = st.text(st.sampled_from('ab"\\/né🚂\n\t {}<'), max_size=20)


def look(text: bytes) -> list[Finding]:
    """Every X and the letter after it."""
    return [Finding("g", "X", "mask", at, at + 2) for at in range(len(text) - 1) if text[at : at + 1] == b"X"]


@given(LETTERS, LETTERS, st.integers(1, 4))
def test_a_place_leads_back_to_what_says_it(before: str, after: str, deep: int) -> None:
    text = f"{before}SEEKRIT{after}"
    for _ in range(deep):
        text = json.dumps([text])
    raw = text.encode()
    assert is_json(raw)
    for reading in readings(raw, sure=True):
        at = reading.text.index(b"SEEKRIT")
        start, end = reading.place(at, at + 7)
        assert raw[start:end] == b"SEEKRIT"
        assert reading.floor(start) == start and reading.floor(end) == end


@given(LETTERS, st.booleans())
def test_a_reading_is_what_a_parser_says(said: str, plain: bool) -> None:
    raw = json.dumps(said, ensure_ascii=not plain).encode()
    found = readings(raw, sure=True)
    assert (found[0].text if found else raw) == f'"{said}"'.encode()


@given(LETTERS)
def test_half_an_escape_is_told_wherever_it_is_cut(said: str) -> None:
    raw = json.dumps(json.dumps(said)).encode()
    for at in range(len(raw)):
        end = whole(raw[:at])
        assert at - end <= 24
        for one in readings(raw, sure=True):
            assert one.floor(end) == end


def test_no_text_is_read_more_often_than_that() -> None:
    assert len(readings(b"\\" * 10_000, sure=False)) == DEEPEST + 1


@pytest.mark.parametrize("text", [b"plain", b"C:\\q", b""])
def test_where_nothing_can_be_undone_there_is_one_reading(text: bytes) -> None:
    assert readings(text, sure=False) == ()


def test_one_place_is_found_once() -> None:
    text = b'so: {"a": "\\nXy", "b": "X\\u0079"}'
    found = seen_in(text, readings(text, sure=False), look)
    assert [text[each.start : each.end] for each in found] == [b"Xy", b"X\\u0079"]


def test_a_finding_in_a_shallower_reading_takes_whole_escapes() -> None:
    text = b'{"a": "\\\\X\\u0020"}'
    looks = readings(text, sure=False)
    found = settled(text, looks, [(0, Finding("g", "X", "mask", 9, 12))])
    assert text[found[0].start : found[0].end] == b"X\\u0020"


@pytest.mark.parametrize(
    ("text", "sure"),
    [(b' {"a": 1}', True), (b"[1", False), (b'"x"', True), (b"1", False), (b"{C:\\n}", False)],
)
def test_what_is_json(text: bytes, sure: bool) -> None:
    assert is_json(text) is sure
