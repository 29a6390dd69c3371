"""Each text is said by somebody, whatever the format calls them."""

import json
from typing import Any

import pytest

from dialects import json_strings
from dialects.roles import Role, roles

CHAT = {
    "model": "m",
    "messages": [
        {"role": "developer", "content": "be kind"},
        {"role": "user", "content": [{"type": "text", "text": "hello"}]},
        {"role": "assistant", "tool_calls": [{"function": {"name": "look", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "c", "content": "it rains"},
    ],
    "tools": [{"type": "function", "function": {"name": "look", "description": "looks"}}],
}
MESSAGES = {
    "system": [{"type": "text", "text": "be kind"}],
    "messages": [
        {"role": "user", "content": "hello"},
        {"role": "assistant", "content": [{"type": "tool_use", "input": {"where": "{}"}}]},
        {"role": "user", "content": [{"type": "tool_result", "content": "it rains"}]},
    ],
    "tools": [{"name": "look", "description": "looks"}],
}
RESPONSES = {
    "instructions": "be kind",
    "input": [
        {"role": "user", "content": "hello"},
        {"type": "function_call", "arguments": "{}"},
        {"type": "function_call_output", "output": "it rains"},
    ],
    "tools": [{"type": "function", "name": "look", "description": "looks"}],
}
GEMINI = {
    "systemInstruction": {"parts": [{"text": "be kind"}]},
    "contents": [
        {"role": "user", "parts": [{"text": "hello"}]},
        {"role": "model", "parts": [{"functionCall": {"name": "look", "args": {"where": "{}"}}}]},
        {"role": "user", "parts": [{"functionResponse": {"response": {"is": "it rains"}}}]},
    ],
    "tools": [{"functionDeclarations": [{"description": "looks"}]}],
}
WANTED: dict[str, Role] = {
    "be kind": "system",
    "looks": "system",
    "hello": "user",
    "{}": "assistant",
    "it rains": "tool",
}


def said(document: dict[str, Any]) -> dict[str, Role | None]:
    raw = json.dumps(document).encode()
    found = roles(raw)
    assert found is not None
    places = list(json_strings.texts(raw))
    assert len(places) == len(found)
    return {json_strings.read(raw, at).decode(): by for at, by in zip(places, found, strict=True)}


@pytest.mark.parametrize("form", [CHAT, MESSAGES, RESPONSES, GEMINI], ids=["chat", "msgs", "resp", "gemini"])
def test_who_says_what(form: dict[str, Any]) -> None:
    found = said(form)
    assert {text: found[text] for text in WANTED} == WANTED


def test_a_name_is_nobodys_word_unless_it_is_none() -> None:
    found = said({"prompt": {"messages": "a", "my number is 4": "b"}})
    assert (found["messages"], found["my number is 4"]) == (None, "user")


def test_a_role_in_a_tools_description_is_none() -> None:
    found = said({"tools": [{"parameters": {"role": "user", "description": "who"}}]})
    assert found["who"] == "system"


def test_what_cannot_be_read_may_be_anybodys() -> None:
    assert roles(b"[" * 100_000) is None
    assert roles(b'{"a":') is None


@pytest.mark.parametrize(
    ("name", "is_said"),
    [("where_to-go", False), ("$ref", False), ("@type", False), ("", True), ("ann@acme.example", True)]
    + [("415-555-2671", True), ("4111111111111111", True), ("two words", True), ("a.example", True)],
)
def test_a_name_of_a_member_is_said_by_somebody_unless_it_is_just_a_name(name: str, is_said: bool) -> None:
    assert (said({"messages": [{"role": "user", "content": {name: 1}}]})[name] is not None) is is_said
