"""Every string of a document is found where it is, and only what is edited changes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects import json_strings
from dialects.json_strings import _any, _plain

TEXTS = st.text(st.characters(codec="utf-8"))
JSON = st.recursive(
    TEXTS | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
)


def strings_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [each for inner in value for each in strings_in(inner)]
    if isinstance(value, dict):
        return [each for key, inner in value.items() for each in (key, *strings_in(inner))]
    return []


@given(JSON, st.booleans(), st.sampled_from([None, 1]))
def test_all_strings_are_read_in_their_order(value: Any, escaped: bool, indent: int | None) -> None:
    document = json.dumps(value, ensure_ascii=escaped, indent=indent).encode()
    read = [json_strings.read(document, place).decode() for place in json_strings.texts(document)]
    assert read == strings_in(value)


@given(JSON, TEXTS)
def test_a_spliced_document_says_the_new_text_and_else_what_it_said(value: Any, new: str) -> None:
    document = json.dumps(value, ensure_ascii=False).encode()
    places = list(json_strings.texts(document))
    edits = [(each.start, each.end, json_strings.write(new.encode())) for each in places[:1]]
    changed = json_strings.splice(document, edits)
    assert [json_strings.read(changed, each).decode() for each in json_strings.texts(changed)] == [
        new,
        *strings_in(value)[1:],
    ][: len(places)]


@pytest.mark.parametrize(
    ("document", "keys"),
    [
        (b'{"a":"x"}', [b"", b"a"]),
        (b'{ "a" : "x" }', [b"", b"a"]),
        (b'{"a":["x","y"]}', [b"", b"", b""]),
        (b'{"a":{"b":"x"},"c":"y"}', [b"", b"", b"b", b"", b"c"]),
        (b'{"a":[{"type":"x"},"y"]}', [b"", b"", b"type", b""]),
    ],
    ids=["member", "spaces", "elements have none", "nested", "after an object"],
)
def test_a_string_knows_whose_value_it_is_itself(document: bytes, keys: list[bytes]) -> None:
    assert [each.key for each in json_strings.texts(document)] == keys


def test_members_with_equal_names_are_all_seen() -> None:
    document = b'{"content":"first","content":"second"}'
    assert [json_strings.read(document, each) for each in json_strings.texts(document)][1::2] == [
        b"first",
        b"second",
    ]


@pytest.mark.parametrize("document", [b"", b'"', b'{"a', b'{"a\\', b'{"a":"x\\"', b"[1,2]", b'"\\\\"'])
def test_half_a_document_raises_nothing(document: bytes) -> None:
    list(json_strings.texts(document))


def test_halves_of_surrogate_pairs_survive() -> None:
    document = b'["\\ud83d x"]'
    [place] = json_strings.texts(document)
    text = json_strings.read(document, place)
    assert json.loads(b'["' + json_strings.write(text) + b'"]') == ["\ud83d x"]


@given(document=JSON)
@pytest.mark.parametrize("indent", [None, 1])
def test_the_short_way_says_the_same(document: object, indent: int | None) -> None:
    raw = json.dumps(document, ensure_ascii=False, indent=indent).encode("utf-8", "surrogatepass")
    if b"\\" not in raw:
        assert list(_plain(raw)) == list(_any(raw))


@pytest.mark.parametrize(
    "raw", [b"", b'"', b'"a" : "b', b'{"a":', b'"a""b"', b'{"a" : "b" , "c":["d"]}', b':"a":']
)
def test_the_short_way_says_the_same_of_what_is_no_json(raw: bytes) -> None:
    assert list(_plain(raw)) == list(_any(raw))
