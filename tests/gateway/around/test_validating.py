"""Answers held against schemas, of which nothing is fetched and by which nothing hangs."""

import time
from typing import Any

import pytest

from gateway.around.validating import Fault, UnusableSchema, Validator

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


@pytest.mark.parametrize("text", ['{"a": 1}', ' {"a": 1, "b": "more"}\n'], ids=["exactly", "more than asked"])
def test_what_is_valid_has_no_fault(text: str) -> None:
    assert Validator(SCHEMA).fault(text) is None


@pytest.mark.parametrize(
    ("text", "said", "keyword"),
    [
        ('{"a": "secret"}', 'at /a: "secret" is not of type "integer"', "type"),
        ("{}", 'at its root: "a" is a required property', "required"),
        (" ", "there is no text", "json"),
        ("```json\n{}\n```", "it is not JSON: ", "json"),
        ('{"a": 1', "it is not JSON: ", "json"),
        ("[" * 100_000, "it is not JSON: ", "json"),
    ],
    ids=["a wrong type", "a missing member", "nothing", "fenced", "broken off", "too deep"],
)
def test_a_fault_is_said_with_its_place_and_named_without_a_quote(text: str, said: str, keyword: str) -> None:
    fault = Validator(SCHEMA).fault(text)
    assert fault is not None
    assert fault.said.startswith(said)
    assert fault.keyword == keyword


def test_a_long_fault_is_cut() -> None:
    fault = Validator(SCHEMA).fault(f'{{"a": "{"x" * 10_000}"}}')
    assert isinstance(fault, Fault)
    assert len(fault.said) < 600


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "http://127.0.0.1:9/schema.json"},
        {"$ref": "file:///etc/passwd"},
        {"$ref": "#/$defs/none"},
        {"$schema": "http://127.0.0.1:9/meta", "type": "object"},
        {"type": "strng"},
        {"type": "string", "pattern": "("},
    ],
    ids=["elsewhere", "a file", "nowhere", "an unknown kind of schema", "an unknown type", "no pattern"],
)
def test_what_nothing_can_be_checked_by_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(UnusableSchema):
        Validator(schema)


def test_a_schema_that_goes_too_deep_is_refused() -> None:
    schema: dict[str, Any] = {}
    for _ in range(5000):
        schema = {"not": schema}
    with pytest.raises(UnusableSchema):
        Validator(schema)


def test_what_contains_itself_is_checked_all_the_way_down() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}
    validator = Validator({"$ref": "#/$defs/node", "$defs": {"node": node}})
    assert validator.fault('{"next":{"next":{}}}') is None
    assert validator.fault('{"next":{"next":1}}') is not None


def test_a_pattern_that_would_search_for_ever_gives_up() -> None:
    validator = Validator({"type": "string", "pattern": r"^(?=(a+)+$)((a|aa)+)+$"})
    began = time.process_time()
    assert validator.fault(f'"{"a" * 60}b"') is not None
    assert time.process_time() - began < 5
