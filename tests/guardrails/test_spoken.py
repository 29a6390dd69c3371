"""Of a document every string is looked at but those that are known to say nothing."""

import json
import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects import json_strings
from guardrails.spoken import MACHINE, NAMES, spoken

# Those that hold what a tool is given have a rule of their own.
_NAMES = [name.decode() for name in sorted((NAMES | MACHINE) - {b"input", b"arguments"})]
_WORDS = st.sampled_from(
    ["", "ab", "fast", 'a "quoted" word', "a\\b", "x\n y", "ann@tea.example", "a:b", *_NAMES]
)
_STRINGS = _WORDS | st.text(max_size=6)
_TREES = st.recursive(
    _STRINGS | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_STRINGS, inner, max_size=5),
    max_leaves=20,
)
_FORMS: list[dict[str, Any]] = [
    {"separators": (",", ":")},
    {"separators": (", ", ": ")},
    {"separators": (" , ", " : ")},
    {"indent": 1, "ensure_ascii": False},
]


def expected(document: bytes) -> list[tuple[int, int, bool]]:
    """The rule again, in plain words."""
    found = []
    for place in json_strings.texts(document):
        said = document[place.start : place.end]
        name = said in NAMES and document[place.end + 1 : place.end + 2] == b":"
        machine = place.key in MACHINE and re.fullmatch(rb"[A-Za-z0-9_.:/+=-]*", said)
        if len(said) >= 3 and not name and not machine:
            found.append((place.start, place.end, place.plain))
    return found


@given(_TREES, st.sampled_from(_FORMS))
def test_what_says_nothing_is_passed_over_and_nothing_else(tree: Any, form: dict[str, Any]) -> None:
    document = json.dumps(tree, **form).encode("utf-8", "surrogatepass")
    assert [(each.start, each.end, each.plain) for each in spoken(document)] == expected(document)


@pytest.mark.parametrize("size", [10, 70_000])
def test_a_long_document_is_read_by_the_same_rule(size: int) -> None:
    document = json.dumps(
        {
            "id": "call_1",
            "model": "a b",
            "call_id": "c_1",
            "content": "tea\n" * size,
            "role": "user",
            "who": "Ann",
        }
    ).encode()
    said = [document[each.start : each.end][:8] for each in spoken(document)]
    assert said == [b"a b", b"call_id", b"tea\\ntea", b"who", b"Ann"]


@given(st.binary(max_size=200) | st.text('"\\:,{}[] ab').map(str.encode))
def test_what_is_no_json_breaks_nothing(document: bytes) -> None:
    for place in spoken(document):
        assert 0 <= place.start <= place.end <= len(document)


@pytest.mark.parametrize("piece", [b"1,", b'"",', b'"id":', b'"id":"a",', b'\\"', b'"ab"'])
def test_no_document_is_read_more_than_once(piece: bytes) -> None:
    document = b'{"x":[' + piece * (60_000 // len(piece))
    began = time.process_time()
    list(spoken(document))
    assert time.process_time() - began < 0.5


TOKENS = {"id": "4111111111111111", "status": {"type": "sold"}, "model": "X-1"}


@pytest.mark.parametrize(
    "document",
    [
        {"type": "tool_use", "id": "toolu_1", "name": "buy", "input": TOKENS},
        {"functionCall": {"name": "buy", "args": TOKENS}, "id": "call_1"},
        {"functionResponse": {"id": "call_1", "response": [1], "name": "buy"}, "response": TOKENS},
        {"toolResult": {"content": [{"json": {"inner": [TOKENS]}}], "status": "success"}},
        {"function": {"arguments": TOKENS, "name": "buy"}, "text": '"input":{"id":"no"}'},
        {"id": "call_1", "metadata": {}, "requestMetadata": TOKENS},
        {"prompt": {"id": "call_1", "variables": TOKENS}, "metadata": {" ": " "}},
        {"documents": [{"id": "call_1", "data": TOKENS}], "labels": {"status": "on"}},
        {"parameters": {"properties": {"id": {"type": "object", "default": TOKENS, "const": {}}}}},
    ],
)
@pytest.mark.parametrize("form", _FORMS)
@pytest.mark.parametrize("size", [10, 100_000])
def test_what_a_tool_calls_so_is_no_word_of_the_format(
    document: dict[str, Any], form: dict[str, Any], size: int
) -> None:
    raw = json.dumps({"content": "tea" * size, **document, "role": "user", "call": 1}, **form).encode()
    said = {raw[each.start : each.end] for each in spoken(raw)}
    assert {b"4111111111111111", b"sold", b"X-1"} <= said
    assert not {b"toolu_1", b"call_1", b"success", b"user", b"tool_use"} & said


def test_an_object_that_does_not_end_takes_no_longer() -> None:
    document = b'{"input":{' * 50_000
    began = time.process_time()
    assert list(spoken(document)) == []
    assert time.process_time() - began < 5


@pytest.mark.parametrize("name", ["user", "safety_identifier", "prompt_cache_key"])
def test_what_callers_call_a_person_is_looked_at(name: str) -> None:
    document = json.dumps({"model": "m", name: "+14155552671"}).encode()
    assert b"+14155552671" in [document[each.start : each.end] for each in spoken(document)]
