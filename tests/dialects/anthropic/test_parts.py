"""Parts of every kind are written as blocks that Anthropic takes."""

import base64
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.anthropic.blocks import read_block
from dialects.anthropic.parts import call_id, content_of, marked, shown, write_part, write_parts
from dialects.conversation import (
    Audio,
    CacheHint,
    Citation,
    Extra,
    File,
    Image,
    Inline,
    Native,
    Part,
    Refusal,
    Stored,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Url,
)
from tests.dialects.anthropic.test_blocks import CITED, READ, SEARCHED


@pytest.mark.parametrize("part", [row[2] for row in READ], ids=[row[0] for row in READ])
def test_every_part_is_written_as_it_is_read(part: Part) -> None:
    block = write_part(part)
    assert block is not None
    assert read_block(block, "b") == part


@pytest.mark.parametrize(
    ("part", "block"),
    [
        pytest.param(Refusal("no"), {"type": "text", "text": "no"}, id="a refusal is text"),
        pytest.param(Audio(Inline("audio/wav", "AA==")), None, id="sound cannot be said"),
        pytest.param(Native("gemini", {"x": 1}), None, id="what another format knows is left out"),
        pytest.param(
            ToolCall("a/b", "f", ""),
            {"type": "tool_use", "id": call_id("a/b"), "name": "f", "input": {}},
            id="no arguments",
        ),
        pytest.param(
            ToolCall("t", "f", '{"a":'),
            {"type": "tool_use", "id": "t", "name": "f", "input": {"invalid_arguments": '{"a":'}},
            id="broken arguments",
        ),
        pytest.param(
            File(Inline("text/csv", base64.b64encode(b"a,b").decode()), "t.csv"),
            {
                "type": "document",
                "source": {"type": "text", "media_type": "text/plain", "data": "a,b"},
                "title": "t.csv",
            },
            id="any text is plain text",
        ),
        pytest.param(
            File(Inline("text/plain", "!")),
            {"type": "document", "source": {"type": "base64", "media_type": "text/plain", "data": "!"}},
            id="broken base64 is the vendor's to judge",
        ),
        pytest.param(
            Text("hi", (Citation("u"), Citation(native=CITED), Citation(native={"type": "url_citation"}))),
            {"type": "text", "text": "hi", "citations": [CITED]},
            id="citations of its own kind alone",
        ),
        pytest.param(
            Image(Stored("f"), "high", CacheHint("5m")),
            {
                "type": "image",
                "source": {"type": "file", "file_id": "f"},
                "cache_control": {"type": "ephemeral", "ttl": "5m"},
            },
            id="a stored image",
        ),
        pytest.param(
            Text("hi", extra={"cache_control": {"type": "ephemeral", "scope": "global"}}),
            {"type": "text", "text": "hi"},
            id="no hint comes back that was taken out",
        ),
    ],
)
def test_a_part_is_written(part: Part, block: dict[str, Any] | None) -> None:
    assert write_part(part) == block


def test_blank_texts_and_unsigned_thoughts_are_left_out_since_they_are_refused() -> None:
    parts = (Thinking("hm"), Thinking("hm", "", "anthropic"), Text(""), Text(" \n"), Refusal(""), Text("x"))
    assert write_parts(parts) == [{"type": "text", "text": "x"}]


def test_a_result_without_content_has_no_content() -> None:
    assert write_part(ToolResult("t", (Text(""),))) == {"type": "tool_result", "tool_use_id": "t"}


def test_a_single_plain_text_has_the_short_form() -> None:
    assert content_of([{"type": "text", "text": "x"}]) == "x"
    cached = [{"type": "text", "text": "x", "cache_control": {}}]
    assert content_of(cached) == cached


@given(st.sampled_from(["call_1", "", "a b", "functions.f:0", "é", "\ud800", "x" * 300, "a/b"]))
def test_any_id_becomes_one_that_is_taken_and_always_the_same(id: str) -> None:
    assert re.fullmatch(r"[a-zA-Z0-9_-]+", call_id(id))
    assert call_id(id) == call_id(id)
    assert call_id(call_id(id)) == call_id(id)


def test_foreign_ids_stay_apart() -> None:
    assert len({call_id(id) for id in ("a b", "a/b", "a.b", "ab")}) == 4


@pytest.mark.parametrize(
    ("part", "signature"),
    [
        (Thinking("x", "S", "anthropic"), "S"),
        (Thinking("x"), ""),
        (Thinking("x", "S", "openai"), "sb:openai:S"),
        (Thinking("x", None, "gemini"), "sb:gemini:"),
        (Thinking("x", "S"), "sb::S"),
    ],
)
def test_a_signature_says_whose_it_is(part: Thinking, signature: str) -> None:
    assert marked(part.signature, part.origin) == signature
    assert read_block(write_part(part), "b") == part


@pytest.mark.parametrize(
    ("citation", "block"),
    [
        pytest.param(Citation(native=SEARCHED), SEARCHED, id="its own"),
        pytest.param(
            Citation("u", "T", "q", native={"type": "url_citation"}),
            {
                "type": "web_search_result_location",
                "url": "u",
                "title": "T",
                "cited_text": "q",
                "encrypted_index": "",
            },
            id="another's page",
        ),
        pytest.param(Citation(title="T"), None, id="nowhere"),
    ],
)
def test_a_citation_is_shown_as_clients_know_it(citation: Citation, block: Any) -> None:
    assert shown(citation) == block


def test_an_image_elsewhere_stays_elsewhere() -> None:
    assert write_part(Image(Url("u"))) == {"type": "image", "source": {"type": "url", "url": "u"}}


def test_a_type_that_no_vendor_takes_is_called_as_it_should_be() -> None:
    written = write_part(Image(Inline("image/jpg", "AAAA")))
    assert written == {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/jpeg", "data": "AAAA"},
    }


@pytest.mark.parametrize("more", [{}, {"cache_control": {"type": "ephemeral"}}], ids=["plain", "cached"])
@pytest.mark.parametrize(
    "block",
    [
        {"type": "search_result", "source": "s", "title": "t", "content": [{"type": "text", "text": "a"}]},
        {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "a"}]}},
    ],
    ids=["found", "a document"],
)
def test_what_others_are_told_as_a_text_is_written_as_it_was(block: Extra, more: Extra) -> None:
    assert write_part(read_block(block | more, "content.0")) == block | more
