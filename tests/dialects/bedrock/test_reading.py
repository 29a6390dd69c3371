"""Every kind of block is read into the part it is, and what nobody knows is kept."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.bedrock.reading import read_blocks, read_citation
from dialects.bedrock.writing import BlockWriter
from dialects.conversation import (
    Audio,
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
    Video,
)
from dialects.errors import Malformed
from tests.dialects.bedrock_aws import problems_of
from tests.dialects.bedrock_values import json_values

S3 = {"s3Location": {"uri": "s3://bucket/a.pdf", "bucketOwner": "123456789012"}}
CITED = {
    "title": "A",
    "source": "s",
    "sourceContent": [{"text": "the "}, {"text": "words"}],
    "location": {"documentPage": {"documentIndex": 0, "start": 1, "end": 2}},
}
BLOCKS: list[tuple[dict[str, Any], Part]] = [
    ({"text": "hi"}, Text("hi")),
    ({"image": {"format": "png", "source": {"bytes": "AAA="}}}, Image(Inline("image/png", "AAA="))),
    (
        {"image": {"format": "webp", "source": {"s3Location": {"uri": "s3://bucket/a"}}}},
        Image(Stored("s3://bucket/a", "image/webp")),
    ),
    (
        {"document": {"format": "pdf", "name": "n", "source": S3, "context": "c"}},
        File(
            Stored("s3://bucket/a.pdf", "application/pdf"),
            "n",
            extra={"context": "c", "bucketOwner": "123456789012"},
        ),
    ),
    (
        {"document": {"format": "md", "name": "n", "source": {"content": [{"text": "chunk"}]}}},
        Native(
            "bedrock_converse",
            {"document": {"format": "md", "name": "n", "source": {"content": [{"text": "chunk"}]}}},
        ),
    ),
    ({"video": {"format": "mp4", "source": {"bytes": "AAA="}}}, Video(Inline("video/mp4", "AAA="))),
    ({"audio": {"format": "mp3", "source": {"bytes": "AAA="}}}, Audio(Inline("audio/mpeg", "AAA="))),
    ({"toolUse": {"toolUseId": "t", "name": "f", "input": {"a": 1}}}, ToolCall("t", "f", '{"a":1}')),
    (
        {"toolUse": {"toolUseId": "t", "name": "f", "input": {}, "type": "server_tool_use"}},
        Native(
            "bedrock_converse",
            {"toolUse": {"toolUseId": "t", "name": "f", "input": {}, "type": "server_tool_use"}},
        ),
    ),
    (
        {
            "toolResult": {
                "toolUseId": "t",
                "content": [
                    {"text": "a"},
                    {"json": {"b": [1]}},
                    {"image": {"format": "png", "source": {"bytes": "AAA="}}},
                    {"searchResult": {"source": "s", "title": "t", "content": [{"text": "x"}]}},
                ],
                "status": "error",
            }
        },
        ToolResult(
            "t",
            (
                Text("a"),
                Text('{"b":[1]}', extra={"block": "json"}),
                Image(Inline("image/png", "AAA=")),
                Text('{"source":"s","title":"t","content":[{"text":"x"}]}', extra={"block": "searchResult"}),
            ),
            is_error=True,
        ),
    ),
    (
        {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "sig"}}},
        Thinking("hm", "sig", "anthropic"),
    ),
    ({"reasoningContent": {"reasoningText": {"text": "hm"}}}, Thinking("hm")),
    (
        {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "gemini__sb__sig"}}},
        Thinking("hm", "sig", "gemini"),
    ),
    ({"reasoningContent": {"redactedContent": "AAA="}}, RedactedThinking("AAA=", "anthropic")),
    (
        {"citationsContent": {"content": [{"text": "so"}], "citations": [CITED]}},
        Text("so", (Citation(title="A", quote="the words", native=CITED),)),
    ),
    (
        {"guardContent": {"text": {"text": "g"}}},
        Native("bedrock_converse", {"guardContent": {"text": {"text": "g"}}}),
    ),
    ({"fromTomorrow": 7}, Native("bedrock_converse", {"fromTomorrow": 7})),
]


@pytest.mark.parametrize(
    ("block", "part"), BLOCKS, ids=lambda value: next(iter(value)) if isinstance(value, dict) else ""
)
def test_a_block_is_the_part_it_says(block: dict[str, Any], part: Part) -> None:
    assert read_blocks([block], "x") == (part,)


@pytest.mark.parametrize(
    ("block", "part"), BLOCKS, ids=lambda value: next(iter(value)) if isinstance(value, dict) else ""
)
def test_a_block_that_was_read_is_written_as_it_was(block: dict[str, Any], part: Part) -> None:
    assert BlockWriter(own=True, cites=True).blocks([part]) == [block]


def test_the_blocks_of_these_tests_are_such_as_amazon_knows() -> None:
    known = [block for block, _ in BLOCKS if "fromTomorrow" not in block]
    assert problems_of({"messages": [{"role": "user", "content": known}]}) == ""


def test_arguments_that_are_text_already_are_that_text() -> None:
    block = {"toolUse": {"toolUseId": "t", "name": "f", "input": '{"a":1}'}}
    assert read_blocks([block], "x") == (ToolCall("t", "f", '{"a":1}'),)


def test_text_as_a_document_is_plain_text_inline() -> None:
    (part,) = read_blocks([{"document": {"format": "txt", "name": "n", "source": {"text": "hé"}}}], "x")
    assert part == File(Inline("text/plain", base64.b64encode("hé".encode()).decode()), "n")


def test_a_cache_point_belongs_to_what_it_follows() -> None:
    point = {"cachePoint": {"type": "default", "ttl": "1h"}}
    plain = {"cachePoint": {"type": "default"}}
    video = {"video": {"format": "mp4", "source": {"bytes": "AAA="}}}
    parts = read_blocks([plain, {"text": "a"}, point, plain, {"text": "b"}, plain, video, plain], "x")
    alone = Native("bedrock_converse", plain)
    assert parts == (
        alone,
        Text("a", cache=CacheHint("1h")),
        alone,
        Text("b", cache=CacheHint()),
        Video(Inline("video/mp4", "AAA=")),
        alone,
    )


@pytest.mark.parametrize(
    ("blocks", "place"),
    [
        ({}, "m.0.content"),
        ([7], "m.0.content.0"),
        ([{}], "m.0.content.0"),
        ([{"text": "a", "image": {}}], "m.0.content.0"),
        ([{"text": 7}], "m.0.content.0.text"),
        ([{"text": "a"}, {"image": {"source": {"bytes": "A"}}}], "m.0.content.1.image.format"),
        ([{"image": {"format": "png"}}], "m.0.content.0.image.source"),
        ([{"image": {"format": "png", "source": {"bytes": 7}}}], "m.0.content.0.image.source.bytes"),
        ([{"toolUse": {"name": "f"}}], "m.0.content.0.toolUse.toolUseId"),
        ([{"toolResult": {"toolUseId": "t"}}], "m.0.content.0.toolResult.content"),
        (
            [{"toolResult": {"toolUseId": "t", "content": [{"text": 7}]}}],
            "m.0.content.0.toolResult.content.0.text",
        ),
        ([{"reasoningContent": {"reasoningText": {}}}], "m.0.content.0.reasoningContent.reasoningText.text"),
        ([{"cachePoint": 7}], "m.0.content.0"),
    ],
)
def test_a_wrong_block_is_refused_with_its_place(blocks: Any, place: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_blocks(blocks, "m.0.content")
    assert refused.value.param == place


_KINDS = ["text", "image", "document", "video", "audio", "toolUse", "toolResult", "reasoningContent"]


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from([*_KINDS, "citationsContent", "cachePoint"]),
            json_values
            | st.dictionaries(
                st.sampled_from(["format", "source", "content", "citations", "text"]), json_values
            ),
            max_size=2,
        ),
        max_size=2,
    )
)
def test_blocks_of_any_values_are_read_or_refused(blocks: list[Any]) -> None:
    try:
        parts = read_blocks(blocks, "x")
    except Malformed:
        return
    assert len(parts) <= len(blocks)


@given(st.dictionaries(st.sampled_from(["title", "sourceContent", "location", "source"]), json_values))
def test_a_citation_of_any_values_is_kept(value: dict[str, Any]) -> None:
    assert read_citation(value).native == value


def test_a_page_of_the_web_is_cited_by_its_address() -> None:
    assert read_citation({"location": {"web": {"url": "https://a.example"}}}).url == "https://a.example"
