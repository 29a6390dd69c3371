"""A request shows what it needs, and no text that speaks of it is taken for it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.needs import needs_of

USER = {"role": "user", "content": "hi"}


@pytest.mark.parametrize(
    ("dialect", "body", "needs"),
    [
        pytest.param("openai_chat", {"messages": [USER]}, set(), id="chat, plain"),
        pytest.param("openai_chat", {"tools": [{"type": "function"}]}, {"tools"}, id="chat, tools"),
        pytest.param("openai_chat", {"tools": []}, set(), id="chat, no tools"),
        pytest.param(
            "openai_chat",
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
            {"vision"},
            id="chat, image",
        ),
        pytest.param(
            "openai_chat",
            {"messages": [{"role": "user", "content": [{"type": "input_audio"}, {"type": "file"}]}]},
            {"audio", "files"},
            id="chat, audio and file",
        ),
        pytest.param(
            "openai_chat", {"response_format": {"type": "json_schema"}}, {"json_schema"}, id="chat, schema"
        ),
        pytest.param("openai_chat", {"response_format": {"type": "json_object"}}, set(), id="chat, JSON"),
        pytest.param(
            "openai_chat",
            {"messages": [USER, {"role": "assistant", "content": "I"}]},
            {"prefill"},
            id="chat, prefill",
        ),
        pytest.param(
            "openai_responses",
            {"input": [{"type": "message", "content": [{"type": "input_image"}]}], "tools": [{}]},
            {"vision", "tools"},
            id="responses",
        ),
        pytest.param(
            "anthropic_messages",
            {"messages": [USER, {"content": "{", "role": "assistant"}], "thinking": {"type": "enabled"}},
            {"prefill", "thinking"},
            id="messages",
        ),
        pytest.param("anthropic_messages", {"thinking": {"type": "disabled"}}, set(), id="no thinking"),
        pytest.param(
            "gemini",
            {"contents": [{"parts": [{"inlineData": {"mimeType": "image/png"}}]}]},
            {"vision"},
            id="gemini",
        ),
        pytest.param("bedrock_converse", {"toolConfig": {"tools": [{}]}}, {"tools"}, id="converse"),
        pytest.param(
            "ollama_chat", {"messages": [{"role": "user", "images": ["x"]}]}, {"vision"}, id="ollama"
        ),
        pytest.param("ollama_chat", {"format": {"type": "object"}}, {"json_schema"}, id="ollama, schema"),
        pytest.param("ollama_chat", {"format": "json"}, set(), id="ollama, JSON"),
        pytest.param(
            "cohere_chat",
            {"response_format": {"type": "json_object", "json_schema": {"type": "object"}}},
            {"json_schema"},
            id="cohere, schema",
        ),
        pytest.param("cohere_chat", {"response_format": {"type": "json_object"}}, set(), id="cohere, JSON"),
        pytest.param("openai_embeddings", {"tools": [1]}, set(), id="a format without needs"),
    ],
)
def test_what_a_request_needs(dialect: str, body: dict[str, Any], needs: set[str]) -> None:
    assert needs_of(dialect, json.dumps(body).encode()) == needs
    assert needs_of(dialect, json.dumps(body, indent=2).encode()) == needs


@given(st.sampled_from(['"image_url"', '{"type":"input_audio"}', '"role":"assistant"', '"file"']), st.text())
def test_a_text_about_a_need_is_none(word: str, text: str) -> None:
    body = json.dumps({"messages": [{"role": "user", "content": text + word + text}]}).encode()
    assert needs_of("openai_chat", body) == frozenset()


@given(st.binary())
def test_bytes_that_are_no_request_need_nothing(data: bytes) -> None:
    needs_of("openai_chat", data)
    assert needs_of("openai_chat", b"[]") == frozenset()
