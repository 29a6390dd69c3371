"""Tokens are counted for whom asks, and by whom is asked."""

import json

import pytest

from dialects.anthropic.blocks import NAME
from dialects.anthropic.counting import (
    read_count_answer,
    read_count_request,
    write_count_answer,
    write_count_request,
)
from dialects.conversation import Conversation, Message, Sampling, Text, Tool
from dialects.dialect import Destination
from dialects.errors import Malformed

ASKED = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "system": "be brief"}


def test_a_request_to_count_bounds_no_answer() -> None:
    found = read_count_request(json.dumps(ASKED).encode())
    assert found.sampling == Sampling()
    assert [message.role for message in found.messages] == ["system", "user"]
    assert json.loads(write_count_request(found, Destination("m"))) == ASKED


def test_what_only_an_answer_needs_is_not_asked() -> None:
    conversation = Conversation(
        dialect=NAME,
        model="m",
        messages=(Message("user", (Text("hi"),)),),
        tools=(Tool("f"),),
        sampling=Sampling(max_output=5, temperature=1.0, top_p=1.0, top_k=1, stop=("x",)),
        stream=True,
        user="u",
        service_tier="auto",
    )
    to = Destination("claude-x", sets={"anthropic_version": "v"})
    found = json.loads(write_count_request(conversation, to))
    assert found.keys() == {"model", "messages", "tools", "anthropic_version"}
    assert found["model"] == "claude-x"


def test_a_count_travels_both_ways() -> None:
    assert write_count_answer(14) == b'{"input_tokens":14}'
    assert read_count_answer(b'{"input_tokens":14,"context_management":{}}') == 14
    assert read_count_answer(b'{"input_tokens":-1}') == 0


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"input_tokens":"x"}', b"\xff"])
def test_an_answer_without_a_count_is_none(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_count_answer(body)


def test_what_is_no_request_is_refused() -> None:
    with pytest.raises(Malformed, match="messages"):
        read_count_request(b'{"model":"m"}')
