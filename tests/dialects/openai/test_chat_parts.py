"""The parts of a chat message's content: what is read is what is written."""

from typing import Any

import pytest

from dialects.conversation import (
    Audio,
    CacheHint,
    Citation,
    File,
    Image,
    Inline,
    Native,
    Part,
    Refusal,
    Stored,
    Text,
    Thinking,
    Url,
    Video,
)
from dialects.errors import Malformed
from dialects.openai.chat_parts import (
    address_of,
    read_annotations,
    read_content,
    read_images,
    source_of,
    thought_of,
    write_content,
    write_part,
)

PNG = "data:image/png;base64,QQ=="
INLINE = Inline("image/png", "QQ==")
BOTH = [
    pytest.param({"type": "text", "text": "a"}, Text("a"), id="text"),
    pytest.param({"type": "text", "text": "a", "x": 1}, Text("a", extra={"x": 1}), id="text with more to it"),
    pytest.param({"type": "refusal", "refusal": "no"}, Refusal("no"), id="refusal"),
    pytest.param({"type": "image_url", "image_url": {"url": PNG}}, Image(INLINE), id="picture inside"),
    pytest.param(
        {"type": "image_url", "image_url": {"url": "https://e.com/a", "detail": "low"}},
        Image(Url("https://e.com/a"), "low"),
        id="picture elsewhere",
    ),
    pytest.param(
        {"type": "video_url", "video_url": {"url": "data:video/mp4;base64,QQ=="}},
        Video(Inline("video/mp4", "QQ==")),
        id="video",
    ),
    pytest.param(
        {"type": "input_audio", "input_audio": {"data": "QQ==", "format": "mp3"}},
        Audio(Inline("audio/mpeg", "QQ==")),
        id="mp3",
    ),
    pytest.param(
        {"type": "input_audio", "input_audio": {"data": "QQ==", "format": "wav"}},
        Audio(Inline("audio/wav", "QQ==")),
        id="wav",
    ),
    pytest.param({"type": "file", "file": {"file_id": "f"}}, File(Stored("f")), id="a file stored"),
    pytest.param(
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,QQ=="}},
        File(Inline("application/pdf", "QQ=="), "a.pdf"),
        id="a file inside",
    ),
    pytest.param(
        {"type": "file", "file": {"file_data": "https://e.com/a.pdf"}},
        File(Url("https://e.com/a.pdf")),
        id="a file elsewhere",
    ),
    pytest.param({"type": "odd", "x": 1}, Native("openai_chat", {"type": "odd", "x": 1}), id="unknown"),
]


@pytest.mark.parametrize(("written", "part"), BOTH)
def test_a_part_is_read_as_it_is_written(written: dict[str, Any], part: Part) -> None:
    assert read_content([written], "c") == (part,)
    assert write_part(part) == written


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("a", (Text("a"),)),
        ("", ()),
        (None, ()),
        ([], ()),
        (["a"], (Text("a"),)),
        ([{"type": "image_url", "image_url": PNG}], (Image(INLINE),)),
        ([{"type": "file", "file": {"file_data": "QQ=="}}], (File(Inline("application/pdf", "QQ==")),)),
        ([{"type": "thinking", "thinking": "hm"}], (Thinking("hm"),)),
    ],
)
def test_what_clients_write_otherwise_is_read_too(content: Any, parts: tuple[Part, ...]) -> None:
    assert read_content(content, "c") == parts


@pytest.mark.parametrize(
    ("hint", "cache"),
    [
        ({"type": "ephemeral"}, CacheHint()),
        ({"ttl": "1h"}, CacheHint("1h")),
        ({"ttl": "9y"}, CacheHint()),
        (7, None),
    ],
)
def test_a_hint_to_keep_is_read_and_stays(hint: Any, cache: CacheHint | None) -> None:
    part = {"type": "text", "text": "a", "cache_control": hint}
    assert read_content([part], "c") == (Text("a", cache=cache, extra={"cache_control": hint}),)


@pytest.mark.parametrize(
    ("content", "param"),
    [
        (7, "c"),
        ([7], "c.0"),
        ([{}], "c.0.type"),
        (["a", {"type": "image_url"}], "c.1.image_url"),
        ([{"type": "image_url", "image_url": {}}], "c.0.image_url.url"),
        ([{"type": "input_audio", "input_audio": {"data": "QQ=="}}], "c.0.input_audio.format"),
        ([{"type": "file", "file": {}}], "c.0.file"),
    ],
)
def test_a_mistake_is_named_with_its_place(content: Any, param: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_content(content, "c")
    assert refused.value.param == param


@pytest.mark.parametrize(
    ("url", "source"),
    [
        (PNG, INLINE),
        ("data:image/png;charset=utf-8;base64,QQ==", INLINE),
        ("data:;base64,QQ==", Inline("application/octet-stream", "QQ==")),
        ("data:text/plain,a", Url("data:text/plain,a")),
        ("data:", Url("data:")),
        ("https://e.com/a,b", Url("https://e.com/a,b")),
    ],
)
def test_an_address_leads_somewhere_or_holds_its_content(url: str, source: Inline | Url) -> None:
    assert source_of(url) == source
    assert source_of(address_of(source)) == source


def test_one_text_is_written_bare() -> None:
    assert write_content([Text("a")]) == "a"
    assert write_content([]) == ""
    assert write_content([Text("a"), Text("b")]) == [
        {"type": "text", "text": "a"},
        {"type": "text", "text": "b"},
    ]
    assert write_content([Text("a", extra={"x": 1})]) == [{"type": "text", "text": "a", "x": 1}]


def test_a_document_without_a_name_gets_one() -> None:
    written = write_part(File(Inline("application/pdf", "QQ==")))
    assert written is not None
    assert written["file"]["filename"] == "document.pdf"


@pytest.mark.parametrize("part", [Image(Stored("f")), Audio(Stored("a")), Audio(Url("u")), Thinking("hm")])
def test_what_has_no_form_is_none(part: Part) -> None:
    assert write_part(part) is None


@pytest.mark.parametrize(
    ("part", "thought"),
    [
        ({"thinking": "hm"}, "hm"),
        ({"thinking": [{"text": "h"}, "m", 7, {"text": 7}]}, "hm"),
        ({"thinking": None}, ""),
        ({}, ""),
    ],
)
def test_a_thought_is_a_text_or_a_list_of_them(part: dict[str, Any], thought: str) -> None:
    assert thought_of(part) == thought


def test_odd_pictures_and_citations_are_left_out() -> None:
    assert read_images([7, {"image_url": 7}, {"image_url": {"url": PNG}}]) == [Image(INLINE)]
    assert read_images("x") == []
    odd = [
        {"url_citation": {"title": "no address"}},
        7,
        {"url_citation": {"url": "u", "start_index": 1}},
    ]
    assert read_annotations(odd) == [Citation("u", None, None, 1)]
