"""Every part of a Responses message is read, and written as it was."""

from typing import Any

import pytest
from hypothesis import given

from dialects.conversation import (
    Audio,
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
    Url,
)
from dialects.errors import Malformed
from dialects.openai.responses_parts import (
    carried,
    data_url,
    read_citations,
    read_part,
    read_source,
    uncarried,
    write_citations,
    write_part,
)
from tests.dialects.conversations import thoughts

CITED = {"type": "url_citation", "url": "https://a.example", "title": "A", "start_index": 1, "end_index": 3}
FILE_CITED = {"type": "file_citation", "file_id": "file_1", "filename": "a.pdf", "index": 3}
PNG = "data:image/png;base64,aGk="

PARTS: list[tuple[str, dict[str, Any], Part]] = [
    ("text", {"type": "input_text", "text": "hi"}, Text("hi")),
    (
        "text with a member nobody knows",
        {"type": "input_text", "text": "hi", "prompt_cache_breakpoint": {"mode": "explicit"}},
        Text("hi", extra={"prompt_cache_breakpoint": {"mode": "explicit"}}),
    ),
    (
        "image by URL",
        {"type": "input_image", "detail": "low", "image_url": "https://a.example/a.png"},
        Image(Url("https://a.example/a.png"), "low"),
    ),
    ("image inline", {"type": "input_image", "image_url": PNG}, Image(Inline("image/png", "aGk="))),
    ("image stored", {"type": "input_image", "file_id": "file_1"}, Image(Stored("file_1"))),
    (
        "file inline",
        {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,aGk="},
        File(Inline("application/pdf", "aGk="), "a.pdf"),
    ),
    (
        "file by URL",
        {"type": "input_file", "file_url": "https://a.example/a"},
        File(Url("https://a.example/a")),
    ),
    ("file stored", {"type": "input_file", "file_id": "file_1"}, File(Stored("file_1"))),
    (
        "sound",
        {"type": "input_audio", "input_audio": {"data": "aGk=", "format": "mp3"}},
        Audio(Inline("audio/mpeg", "aGk=")),
    ),
    (
        "sound of another kind",
        {"type": "input_audio", "input_audio": {"data": "aGk=", "format": "flac"}},
        Audio(Inline("audio/flac", "aGk=")),
    ),
    ("a part nobody knows", {"type": "input_smell"}, Native("openai_responses", {"type": "input_smell"})),
]
SAID: list[tuple[str, dict[str, Any], Part]] = [
    ("text said", {"type": "output_text", "text": "hi", "annotations": []}, Text("hi")),
    (
        "text cited",
        {"type": "output_text", "text": "hi", "annotations": [CITED]},
        Text("hi", (Citation("https://a.example", "A", None, 1, 3, CITED),)),
    ),
    ("refusal", {"type": "refusal", "refusal": "no"}, Refusal("no")),
]


@pytest.mark.parametrize(("block", "part"), [row[1:] for row in PARTS], ids=[row[0] for row in PARTS])
def test_a_part_is_read_and_written_as_it_was(block: dict[str, Any], part: Part) -> None:
    assert read_part(block, "p") == part
    assert write_part(part) == block


@pytest.mark.parametrize(("block", "part"), [row[1:] for row in SAID], ids=[row[0] for row in SAID])
def test_what_the_model_said_is_read_and_written_as_it_was(block: dict[str, Any], part: Part) -> None:
    assert read_part(block, "p") == part
    assert write_part(part, said=True) == block


def test_the_model_itself_says_no_images() -> None:
    assert write_part(Image(Stored("file_1")), said=True) is None


def test_a_file_without_its_type_is_taken_for_a_pdf() -> None:
    part = read_part({"type": "input_file", "file_data": "aGk="}, "p")
    assert part == File(Inline("application/pdf", "aGk="))


@pytest.mark.parametrize(
    ("block", "param"),
    [
        pytest.param("hi", "p", id="no object"),
        pytest.param({}, "p.type", id="no type"),
        pytest.param({"type": "input_text"}, "p.text", id="no text"),
        pytest.param({"type": "input_text", "text": 7}, "p.text", id="text of another type"),
        pytest.param({"type": "refusal", "refusal": []}, "p.refusal", id="refusal"),
        pytest.param({"type": "input_image"}, "p", id="an image of nothing"),
        pytest.param({"type": "input_image", "image_url": {"url": "x"}}, "p.image_url", id="as in chat"),
        pytest.param({"type": "input_file", "file_id": 7}, "p.file_id", id="file id"),
        pytest.param({"type": "input_audio", "input_audio": "x"}, "p.input_audio", id="sound"),
        pytest.param(
            {"type": "input_audio", "input_audio": {"data": "x"}}, "p.input_audio.format", id="no format"
        ),
    ],
)
def test_a_bad_part_is_refused_with_its_place(block: Any, param: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_part(block, "p")
    assert refused.value.param == param


@pytest.mark.parametrize("url", ["https://a.example/a,b", "data:text/plain,hi", "data:"])
def test_a_url_that_holds_no_base64_stays_a_url(url: str) -> None:
    assert read_source(url) == Url(url)


def test_a_data_url_is_what_it_was() -> None:
    assert data_url(Inline("image/png", "aGk=")) == PNG


def test_a_citation_of_this_format_passes_whole() -> None:
    found = read_citations([CITED, FILE_CITED, "odd"])
    assert [each.title for each in found] == ["A", "a.pdf"]
    assert write_citations(found, "text") == [CITED, FILE_CITED]


@pytest.mark.parametrize("annotations", [None, 7, {}, "x"])
def test_annotations_that_are_none_are_none(annotations: object) -> None:
    assert read_citations(annotations) == ()


@pytest.mark.parametrize(
    "native",
    [
        None,
        {"type": []},
        {"type": "web_search_result_location"},
        {"type": "url_citation", "url_citation": {"url": "x"}},
    ],
    ids=["plain", "odd", "Anthropic's", "chat's"],
)
def test_a_citation_of_another_format_is_written_anew(native: Any) -> None:
    cited = Citation("https://a.example", "A", None, None, None, native)
    assert write_citations((cited, Citation(quote="no URL")), "four") == [
        {"type": "url_citation", "url": "https://a.example", "title": "A", "start_index": 0, "end_index": 4}
    ]


@given(thoughts)
def test_a_thought_comes_back_to_who_can_read_it(thought: Thinking | RedactedThinking) -> None:
    text = thought.text if isinstance(thought, Thinking) else ""
    assert uncarried(Thinking(text, carried(thought), "openai")) == thought
