"""Calls of one session are known by what they have in common, and nothing can be read from it."""

import json
from typing import Any

import pytest

from gateway.routing.affinity import HEADERS, affinity_of


def of(body: dict[str, Any], *headers: tuple[bytes, bytes], key: str = "key") -> str:
    return affinity_of(headers, json.dumps(body).encode(), key)


TALK = {"model": "m", "messages": [{"role": "user", "content": "Hello" * 300}]}


@pytest.mark.parametrize("header", HEADERS, ids=lambda name: name.decode())
def test_a_tool_names_its_session_in_a_header(header: bytes) -> None:
    assert of(TALK, (header, b"one")) == of({}, (header, b"one"))
    assert of(TALK, (header, b"one")) != of(TALK, (header, b"two"))


def test_of_two_headers_the_first_of_the_list_counts() -> None:
    both = ((b"x-session-id", b"later"), (b"x-signalbox-session", b"ours"))
    assert of({}, *both) == of({}, (b"x-signalbox-session", b"ours"))


@pytest.mark.parametrize(
    "member",
    [{"prompt_cache_key": "k"}, {"user": "u"}, {"metadata": {"user_id": "user_1_session_2"}}],
    ids=["the cache's key", "the user", "Claude Code's user and session"],
)
def test_a_body_names_it(member: dict[str, Any]) -> None:
    assert of({**TALK, **member}) == of({"messages": [], **member})


def test_without_a_name_it_is_how_the_conversation_begins() -> None:
    longer = {**TALK, "messages": [*TALK["messages"], {"role": "assistant", "content": "Hi"}]}
    other = {**TALK, "messages": [{"role": "user", "content": "Bye" * 300}]}
    assert of(TALK) == of(longer) != of(other)


def test_sessions_of_different_keys_never_meet() -> None:
    assert of(TALK, (b"x-session-id", b"1")) != of(TALK, (b"x-session-id", b"1"), key="other")


def test_where_nothing_is_in_common_there_is_no_session() -> None:
    assert affinity_of([], b"nonsense", "key") == ""
    assert of({"model": "m"}) == ""
