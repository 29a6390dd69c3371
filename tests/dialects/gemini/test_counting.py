"""A request to count is read in both its forms, and written in the one that says all."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from dialects.conversation import Conversation, Message, Text
from dialects.dialect import Destination
from dialects.errors import Malformed
from dialects.features import fit
from dialects.gemini.content import Gemini
from dialects.gemini.counting import (
    read_count,
    read_count_request,
    write_count,
    write_count_request,
)
from tests.dialects.conversations import conversations

TO = Destination("gemini-3-pro", unsupported="drop")
CONTENTS: list[dict[str, Any]] = [{"role": "user", "parts": [{"text": "hi"}]}]


@pytest.mark.parametrize(
    "members",
    [
        {"contents": CONTENTS},
        {"generateContentRequest": {"model": "models/m", "contents": CONTENTS}},
        {"generate_content_request": {"contents": CONTENTS}, "contents": []},
    ],
    ids=str,
)
def test_both_forms_are_read(members: dict[str, Any]) -> None:
    assert read_count_request(json.dumps(members).encode()).messages == (Message("user", (Text("hi"),)),)


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"generateContentRequest":7}', b'{"generateContentRequest":{}}']
)
def test_what_is_neither_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_count_request(body)


@settings(deadline=None)
@given(conversations())
def test_what_is_counted_is_what_would_be_sent(conversation: Conversation) -> None:
    fitted, _ = fit(conversation, Gemini(), TO)
    sent = json.loads(Gemini().write_request(fitted, TO))
    counted = json.loads(write_count_request(fitted, TO))
    assert counted == {"generateContentRequest": {"model": "models/gemini-3-pro", **sent}}
    assert json.loads(write_count_request(fitted, TO, vertex=True)) == sent


@pytest.mark.parametrize("tokens", [0, 7, 10**9])
def test_a_count_is_written_and_read_again(tokens: int) -> None:
    assert read_count(write_count(tokens)) == tokens


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"totalTokens":-1}', b'{"totalTokens":"x"}', b'{"error":{"code":400}}']
)
def test_what_tells_no_count_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_count(body)


def test_a_count_of_nothing_may_be_missing() -> None:
    assert read_count(b"{}") == 0
