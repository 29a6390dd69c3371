"""Requests as clients of each format write them most are known to name nothing; all else is looked at."""

from typing import Any

import msgspec
import pytest

from config.kinds import Operation
from dialects.account_names import names_in
from dialects.openai.chat import OpenAIChat
from dialects.plain import is_plain

SCHEMA = {"type": "object", "properties": {"file_id": {"type": "string"}}}
PLAIN: list[tuple[Operation, dict[str, Any]]] = [
    (
        Operation.CHAT,
        {
            "model": "m",
            "messages": [
                {"role": "system", "content": "x"},
                {"role": "user", "content": [{"type": "text", "text": "file_id gs://x"}]},
                {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "function": {}}]},
                {"role": "tool", "tool_call_id": "c", "content": "x"},
            ],
            "tools": [{"type": "function", "function": {"name": "f", "parameters": SCHEMA}}],
            "stream": True,
            "stream_options": {"include_usage": True},
            "metadata": {"a": "b"},
            "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}},
        },
    ),
    (
        Operation.MESSAGES,
        {
            "model": "m",
            "max_tokens": 9,
            "system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}],
            "messages": [
                {"role": "user", "content": "x"},
                {
                    "role": "assistant",
                    "content": [
                        {"type": "thinking", "thinking": "x", "signature": "s"},
                        {"type": "tool_use", "id": "t", "name": "f", "input": {"file_id": "x"}},
                    ],
                },
                {
                    "role": "user",
                    "content": [
                        {"type": "tool_result", "tool_use_id": "t", "content": "x"},
                        {
                            "type": "image",
                            "source": {"type": "base64", "media_type": "image/png", "data": "AA"},
                        },
                    ],
                },
            ],
            "tools": [{"name": "f", "input_schema": SCHEMA}],
        },
    ),
    (
        Operation.GENERATE_CONTENT,
        {
            "contents": [
                {"role": "user", "parts": [{"text": "x"}, {"inlineData": {"mimeType": "a/b", "data": "AA"}}]},
                {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}}]},
                {"parts": [{"functionResponse": {"name": "f", "response": {"file_id": "x"}}}]},
            ],
            "systemInstruction": {"parts": [{"text": "x"}]},
            "generationConfig": {"responseSchema": SCHEMA},
            "tools": [{"functionDeclarations": [{"name": "f", "parameters": SCHEMA}]}],
        },
    ),
    (
        Operation.BATCH_EMBED_CONTENTS,
        {"requests": [{"model": "m", "content": {"parts": [{"text": "x"}]}}]},
    ),
    (
        Operation.CONVERSE,
        {
            "messages": [
                {"role": "user", "content": [{"text": "x"}]},
                {"role": "assistant", "content": [{"toolUse": {"toolUseId": "t", "name": "f", "input": {}}}]},
                {"role": "user", "content": [{"toolResult": {"toolUseId": "t", "content": [{"json": {}}]}}]},
            ],
            "toolConfig": {"tools": [{"toolSpec": {"name": "f", "inputSchema": {"json": SCHEMA}}}]},
        },
    ),
    (
        Operation.RESPONSES,
        {
            "model": "m",
            "input": [
                {"role": "user", "content": "x"},
                {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "x"}]},
                {"type": "reasoning", "id": "i", "summary": [], "encrypted_content": "e"},
                {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "c", "output": "x"},
            ],
            "tools": [{"type": "function", "name": "f", "parameters": SCHEMA, "strict": False}],
        },
    ),
]


@pytest.mark.parametrize(("operation", "body"), PLAIN)
def test_usual_requests_are_plain_and_name_nothing(operation: Operation, body: dict[str, Any]) -> None:
    encoded = msgspec.json.encode(body)
    assert is_plain(operation, encoded)
    assert names_in(operation, encoded) == []


def test_a_chat_that_was_taken_apart_is_known_as_well() -> None:
    operation, body = PLAIN[0]
    for members, plain in (({}, True), ({"file_id": "i"}, False), ({"tools": [{"type": "x"}]}, False)):
        encoded = msgspec.json.encode(body | members)
        parts = OpenAIChat().peek(encoded).parts
        assert is_plain(operation, encoded, parts) == is_plain(operation, encoded) == plain


@pytest.mark.parametrize(("operation", "body"), PLAIN)
def test_one_more_member_anywhere_is_looked_at(operation: Operation, body: dict[str, Any]) -> None:
    (name,) = {"contents", "messages", "input", "requests"} & body.keys()
    last = body[name][-1]
    assert not is_plain(operation, msgspec.json.encode({**body, "file_id": "i"}))
    assert not is_plain(operation, msgspec.json.encode({**body, name: [{**last, "file_id": "i"}]}))
