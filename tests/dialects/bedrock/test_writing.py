"""What is written are blocks that Bedrock takes, and what it would refuse is left out or named."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.bedrock.writing import BlockWriter, cache_point, tool_id, write_citation
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
    Refusal,
    Stored,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Url,
    Video,
)


def foreign(*parts: Part, cites: bool = False) -> list[dict[str, object]]:
    return BlockWriter(own=False, cites=cites).blocks(parts)


def test_blank_texts_are_left_out_with_their_cache_points() -> None:
    assert foreign(Text(""), Text(" \n", cache=CacheHint()), Refusal(""), Text("a")) == [{"text": "a"}]


def test_a_refusal_is_said_as_text() -> None:
    assert foreign(Refusal("no")) == [{"text": "no"}]


def test_a_cache_point_follows_what_is_cached() -> None:
    result = ToolResult("t", (Text("a", cache=CacheHint("5m")),))
    blocks = foreign(Text("a", cache=CacheHint("1h")), result)
    assert [next(iter(block)) for block in blocks] == ["text", "cachePoint", "toolResult", "cachePoint"]
    assert (blocks[1], blocks[3]) == (cache_point(CacheHint("1h")), cache_point(CacheHint("5m")))


@pytest.mark.parametrize(
    ("part", "feature"),
    [
        (Image(Stored("file-1")), "image.stored"),
        (Image(Url("https://a.example/a.png")), "image.url"),
        (File(Stored("file-1")), "file.stored"),
        (Video(Url("https://a.example/a.mp4")), "video.url"),
    ],
)
def test_content_that_only_another_vendor_has_is_named(part: Part, feature: str) -> None:
    writer = BlockWriter(own=False, cites=False)
    assert writer.blocks([part, Text("a")]) == [{"text": "a"}]
    assert writer.unsaid == [feature]


def test_a_file_in_s3_tells_its_format_by_its_name() -> None:
    assert foreign(Image(Stored("s3://bucket/a.gif"))) == [
        {"image": {"format": "gif", "source": {"s3Location": {"uri": "s3://bucket/a.gif"}}}}
    ]


def test_documents_of_one_name_get_two() -> None:
    file = File(Inline("application/pdf", "AAA="), "a.pdf")
    assert [block["document"]["name"] for block in foreign(file, file)] == ["a-pdf", "a-pdf (2)"]  # type: ignore[index]


def test_what_another_format_knows_alone_is_not_written() -> None:
    assert foreign(Native("openai_chat", {"x": 1}), RedactedThinking("x", "openai")) == []


def test_broken_arguments_pass() -> None:
    (block,) = foreign(ToolCall("t", "f", '{"a'))
    assert block == {"toolUse": {"toolUseId": "t", "name": "f", "input": {"invalid_arguments": '{"a'}}}


def test_a_signature_that_callers_would_lose_is_in_the_id() -> None:
    (block,) = foreign(ToolCall("t", "f", signature="sig"))
    assert block["toolUse"]["toolUseId"] == pack("t", "sig")  # type: ignore[index]


def test_a_result_whose_text_was_changed_is_sent_as_text() -> None:
    result = ToolResult("t", (Text("[masked", extra={"block": "json"}),))
    (block,) = BlockWriter(own=True, cites=False).blocks([result])
    assert block["toolResult"]["content"] == [{"text": "[masked"}]


def test_thoughts_tell_who_signed_them() -> None:
    written = foreign(
        Thinking("a", "s", "anthropic"), Thinking("b", "s", "gemini"), Thinking("c"), Thinking("")
    )
    texts = [block["reasoningContent"]["reasoningText"] for block in written]  # type: ignore[index]
    assert texts == [
        {"text": "a", "signature": "s"},
        {"text": "b", "signature": "gemini__sb__s"},
        {"text": "c"},
    ]


def test_citations_are_shown_in_answers_and_not_sent_to_models() -> None:
    cited = Text("so", (Citation(url="https://a.example", title="A", quote="q", native={"type": "x"}),))
    assert foreign(cited) == [{"text": "so"}]
    said = {"title": "A", "sourceContent": [{"text": "q"}], "location": {"web": {"url": "https://a.example"}}}
    assert foreign(cited, cites=True) == [
        {"citationsContent": {"content": [{"text": "so"}], "citations": [said]}}
    ]


def test_a_citation_of_its_own_is_written_as_it_was() -> None:
    native = {"title": "A", "location": {"documentPage": {"documentIndex": 1}}}
    assert write_citation(Citation(title="other", native=native)) == native


@given(st.text(max_size=90))
def test_every_id_is_made_such_as_bedrock_takes(id: str) -> None:
    written = tool_id(id)
    assert re.fullmatch(r"[a-zA-Z0-9_.:-]{1,64}", written)
    assert tool_id(written) == written


def test_different_ids_stay_different() -> None:
    assert tool_id("functions.f:0") == "functions.f:0"
    assert len({tool_id("a b"), tool_id("a_b"), tool_id("a/b"), tool_id("a" * 65), tool_id("a" * 66)}) == 5
