"""Documents reach who has no place for them, and come back to who has."""

import json
from typing import Any

import pytest

from config.kinds import Operation
from dialects.cohere.documents import MEMBER, placed, taken
from dialects.conversation import Message, Text
from dialects.dialect import Asked, Destination
from gateway.formats import SPOKEN
from tests.dialects.test_halves import between

DOCUMENTS: list[Any] = [
    "A plain one.",
    {"id": "d1", "data": {"title": "T", "text": "Trains leave at 7."}},
    {"data": "Trains arrive at 8."},
]
TOLD = [
    "A plain one.",
    'Document d1:\n{"title":"T","text":"Trains leave at 7."}',
    "Document:\nTrains arrive at 8.",
]
TURNS: list[dict[str, Any]] = [
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello"},
    {"role": "user", "content": "When?"},
]


def sent(vendor: Operation, **more: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    body = json.dumps({"model": "m", "messages": TURNS, "documents": DOCUMENTS, **more}).encode()
    outgoing = between(Operation.COHERE_CHAT, vendor).request(body, Asked("m"), Destination("v"))
    return json.loads(outgoing.body), outgoing.dropped


@pytest.mark.parametrize("vendor", [Operation.CHAT, Operation.MESSAGES, Operation.RESPONSES])
def test_others_read_them_before_the_question(vendor: Operation) -> None:
    body, dropped = sent(vendor)
    turns = body.get("messages") or body["input"]
    assert [part["text"] for part in turns[-1]["content"]] == [*TOLD, "When?"]
    assert "When?" not in json.dumps(turns[:-1]) and "Trains" not in json.dumps(turns[:-1])
    assert dropped == ()


def test_what_else_nobody_knows_is_named() -> None:
    body, dropped = sent(Operation.CHAT, safety_mode="OFF")
    assert dropped == ("extra", "extra.safety_mode") and "Trains leave" in json.dumps(body)


def test_cohere_gets_them_as_they_are() -> None:
    spoken = SPOKEN[Operation.COHERE_CHAT]
    body = json.dumps({"model": "m", "messages": TURNS, "documents": DOCUMENTS}).encode()
    written = spoken.write_request(spoken.read_request(body), Destination("m"))  # type: ignore[attr-defined]
    found = json.loads(written)
    assert (found["documents"], found["messages"][-1]) == (DOCUMENTS, TURNS[-1])


@pytest.mark.parametrize("found", [None, [], "odd"])
def test_what_is_no_list_of_them_stays_where_it_is(found: Any) -> None:
    messages = (Message("user", (Text("a"),)),)
    assert placed(messages, {MEMBER: found}) == (messages, {MEMBER: found})


def test_without_a_question_they_have_no_place() -> None:
    messages = (Message("system", (Text("a"),)),)
    assert placed(messages, {MEMBER: DOCUMENTS}) == (messages, {MEMBER: DOCUMENTS})
    assert taken(messages) == (list(messages), [])
