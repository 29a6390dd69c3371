"""What vendors write that is no strict JSON is read, and what was read can be written."""

import json
import math

import pytest

from dialects.errors import Malformed
from dialects.loosely import read, write


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"a": [1, null]}', {"a": [1, None]}),
        (b'{"a": -Infinity}', {"a": -math.inf}),
        (b'{"a": 1e999}', {"a": math.inf}),
        (b'{"a": "x\xffy"}', {"a": "x\N{REPLACEMENT CHARACTER}y"}),
        (b'{"a": "\\ud83d"}', {"a": "\ud83d"}),
        (b"null", None),
    ],
)
def test_what_parsers_take_is_read(raw: bytes, said: object) -> None:
    assert read(raw) == said


@pytest.mark.parametrize("raw", [b"[DONE]", b'{"a": ', b"", b"[" * 100_000])
def test_what_nobody_can_read_is_told(raw: bytes) -> None:
    with pytest.raises(Malformed):
        read(raw)


@pytest.mark.parametrize("said", [{"a": "\ud83d"}, {"a": 2**80}, {"a": ["x", 1.5]}])
def test_what_was_read_can_be_written(said: object) -> None:
    assert json.loads(write(said)) == said


def test_numbers_that_json_does_not_have_are_null() -> None:
    assert write({"a": math.inf}) == b'{"a":null}'
