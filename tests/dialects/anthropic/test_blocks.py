"""Blocks of every kind are read, and a wrong one is refused with its place."""

import base64
from typing import Any

import pytest

from dialects.anthropic.blocks import NAME, WHOLE, read_block, read_parts, unmarked
from dialects.carrying import pack
from dialects.conversation import (
    CacheHint,
    Citation,
    File,
    Image,
    Inline,
    Native,
    Part,
    RedactedThinking,
    Stored,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Url,
)
from dialects.errors import Malformed

FOUND = {
    "type": "search_result",
    "source": "https://a.example",
    "title": "The 6:15",
    "content": [{"type": "text", "text": "runs late"}, {"type": "text", "text": "today"}],
    "citations": {"enabled": True},
}
HOUR = {"type": "ephemeral", "ttl": "1h"}
CITED = {"type": "char_location", "cited_text": "q", "document_index": 0, "document_title": "D"}
SEARCHED = {
    "type": "web_search_result_location",
    "url": "https://example.com",
    "title": "T",
    "cited_text": "q",
    "encrypted_index": "E",
}
READ: list[tuple[str, dict[str, Any], Part]] = [
    ("text", {"type": "text", "text": "hi"}, Text("hi")),
    ("null members", {"type": "text", "text": "hi", "citations": None, "cache_control": None}, Text("hi")),
    (
        "cached text",
        {"type": "text", "text": "hi", "cache_control": HOUR},
        Text("hi", cache=CacheHint("1h")),
    ),
    (
        "cached for the default time",
        {"type": "text", "text": "hi", "cache_control": {"type": "ephemeral"}},
        Text("hi", cache=CacheHint()),
    ),
    (
        "a hint with more than is known",
        {"type": "text", "text": "hi", "cache_control": {**HOUR, "scope": "global"}},
        Text("hi", cache=CacheHint("1h"), extra={"cache_control": {**HOUR, "scope": "global"}}),
    ),
    (
        "citations",
        {"type": "text", "text": "hi", "citations": [CITED, SEARCHED]},
        Text(
            "hi",
            (
                Citation(title="D", quote="q", native=CITED),
                Citation("https://example.com", "T", "q", native=SEARCHED),
            ),
        ),
    ),
    (
        "an image",
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}},
        Image(Inline("image/png", "AA==")),
    ),
    (
        "an image elsewhere",
        {"type": "image", "source": {"type": "url", "url": "u"}, "cache_control": HOUR, "x": 1},
        Image(Url("u"), cache=CacheHint("1h"), extra={"x": 1}),
    ),
    ("a stored image", {"type": "image", "source": {"type": "file", "file_id": "f"}}, Image(Stored("f"))),
    (
        "a PDF",
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "AA=="},
            "title": "T",
            "context": "C",
            "citations": {"enabled": True},
        },
        File(Inline("application/pdf", "AA=="), "T", extra={"context": "C", "citations": {"enabled": True}}),
    ),
    (
        "plain text",
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "é"}},
        File(Inline("text/plain", base64.b64encode("é".encode()).decode())),
    ),
    (
        "a document of blocks",
        {"type": "document", "source": {"type": "content", "content": "x"}, "title": "T"},
        Text(
            "T\nx",
            extra={WHOLE: {"type": "document", "source": {"type": "content", "content": "x"}, "title": "T"}},
        ),
    ),
    (
        "a document of what only Anthropic knows",
        {"type": "document", "source": {"type": "content", "content": [{"type": "new"}]}},
        Native(NAME, {"type": "document", "source": {"type": "content", "content": [{"type": "new"}]}}),
    ),
    (
        "what was found",
        FOUND | {"cache_control": HOUR},
        Text("The 6:15\nhttps://a.example\nruns late\ntoday", cache=CacheHint("1h"), extra={WHOLE: FOUND}),
    ),
    (
        "a result of what was found",
        {"type": "tool_result", "tool_use_id": "t", "content": [FOUND]},
        ToolResult("t", (Text("The 6:15\nhttps://a.example\nruns late\ntoday", extra={WHOLE: FOUND}),)),
    ),
    (
        "a call",
        {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}, "caller": {"type": "direct"}},
        ToolCall("t", "f", '{"a":1}', extra={"caller": {"type": "direct"}}),
    ),
    (
        "a call that carries a signature",
        {"type": "tool_use", "id": pack("t", "sig"), "name": "f", "input": {}},
        ToolCall("t", "f", "{}", "sig"),
    ),
    (
        "a result",
        {"type": "tool_result", "tool_use_id": pack("t", "sig"), "content": "ok", "is_error": True},
        ToolResult("t", (Text("ok"),), is_error=True),
    ),
    ("a result of nothing", {"type": "tool_result", "tool_use_id": "t"}, ToolResult("t")),
    (
        "a result of blocks",
        {
            "type": "tool_result",
            "tool_use_id": "t",
            "content": [
                {"type": "tool_reference", "tool_name": "g"},
                {"type": "text", "text": "ok"},
                {"type": "image", "source": {"type": "url", "url": "u"}},
            ],
            "cache_control": HOUR,
        },
        ToolResult(
            "t",
            (Text("ok"), Image(Url("u"))),
            cache=CacheHint("1h"),
            extra={"content": [[0, {"type": "tool_reference", "tool_name": "g"}]]},
        ),
    ),
    (
        "thoughts",
        {"type": "thinking", "thinking": "hm", "signature": "S"},
        Thinking("hm", "S", "anthropic"),
    ),
    ("thoughts of nobody", {"type": "thinking", "thinking": "hm", "signature": ""}, Thinking("hm")),
    (
        "thoughts of another",
        {"type": "thinking", "thinking": "hm", "signature": "sb:openai:S"},
        Thinking("hm", "S", "openai"),
    ),
    (
        "redacted thoughts",
        {"type": "redacted_thinking", "data": "D"},
        RedactedThinking("D", "anthropic"),
    ),
    (
        "a tool that the vendor runs",
        {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
        Native(NAME, {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}),
    ),
]


@pytest.mark.parametrize(("block", "part"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_a_block_is_read(block: dict[str, Any], part: Part) -> None:
    assert read_block(block, "messages.0.content.0") == part


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (7, "c"),
        (None, "c"),
        ({}, "c"),
        ([7], "c.0"),
        ([{}], "c.0.type"),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": 7}], "c.1.text"),
        ([{"type": "image"}], "c.0.source"),
        ([{"type": "image", "source": {"type": "base64", "data": "A"}}], "c.0.source.media_type"),
        ([{"type": "document", "source": {"type": "url"}}], "c.0.source.url"),
        ([{"type": "tool_use", "name": "f", "input": {}}], "c.0.id"),
        ([{"type": "tool_use", "id": "t", "name": "f", "input": "{}"}], "c.0.input"),
        ([{"type": "tool_result", "tool_use_id": 7}], "c.0.tool_use_id"),
        ([{"type": "tool_result", "tool_use_id": "t", "content": [{}]}], "c.0.content.0.type"),
        ([{"type": "thinking", "signature": "S"}], "c.0.thinking"),
        ([{"type": "redacted_thinking"}], "c.0.data"),
    ],
)
def test_a_wrong_block_is_refused_with_its_place(content: Any, place: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_parts(content, "c")
    assert refused.value.param == place
    assert place in refused.value.message


def test_a_text_is_one_part_and_an_empty_one_none() -> None:
    assert read_parts("hi", "c") == (Text("hi"),)
    assert read_parts("", "c") == read_parts([], "c") == ()


@pytest.mark.parametrize(
    ("signature", "told"),
    [
        ("", ("", None)),
        ("S", ("anthropic", "S")),
        ("sb:gemini:a:b", ("gemini", "a:b")),
        ("sb:gemini:", ("gemini", None)),
        ("sb::S", ("", "S")),
    ],
)
def test_a_signature_tells_whose_it_is(signature: str, told: tuple[str, str | None]) -> None:
    assert unmarked(signature) == told
