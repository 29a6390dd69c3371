"""Answers and their deltas are values that can be stored and told apart again."""

import msgspec
from hypothesis import given

from dialects.answer import Answer, Delta
from dialects.deltas import scatter
from tests.dialects.conversations import answers


@given(answers())
def test_an_answer_survives_being_stored(answer: Answer) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(answer), type=Answer) == answer


@given(answers())
def test_each_delta_is_told_by_its_tag(answer: Answer) -> None:
    deltas = list(scatter(answer))
    stored = msgspec.msgpack.encode(deltas)
    assert msgspec.msgpack.decode(stored, type=list[Delta]) == deltas
