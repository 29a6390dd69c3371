"""Formats and media types name the same; names of documents are such as Bedrock takes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.bedrock.media import document_name, format_at, format_of, media_type_of

KINDS = ["image", "document", "video", "audio"]


@pytest.mark.parametrize(
    ("kind", "name", "media_type"),
    [
        ("image", "jpeg", "image/jpeg"),
        ("document", "md", "text/markdown"),
        ("document", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("video", "three_gp", "video/3gpp"),
        ("audio", "mp3", "audio/mpeg"),
        ("image", "avif", "image/avif"),
    ],
)
def test_a_format_is_a_media_type_and_back(kind: str, name: str, media_type: str) -> None:
    assert media_type_of(kind, name) == media_type
    assert format_of(kind, media_type) == name


@pytest.mark.parametrize(
    ("kind", "media_type", "name"),
    [
        ("image", "image/jpg", "jpeg"),
        ("audio", "audio/x-wav", "wav"),
        ("document", "Text/Plain; charset=utf-8", "txt"),
    ],
)
def test_other_spellings_are_understood(kind: str, media_type: str, name: str) -> None:
    assert format_of(kind, media_type) == name


@given(st.sampled_from(KINDS), st.from_regex(r"[a-z0-9-]{1,8}", fullmatch=True))
def test_any_format_survives(kind: str, name: str) -> None:
    media_type = media_type_of(kind, name)
    assert media_type_of(kind, format_of(kind, media_type)) == media_type


@pytest.mark.parametrize(
    ("kind", "uri", "name"),
    [
        ("image", "s3://bucket/a.JPG", "jpeg"),
        ("document", "s3://bucket/a.b.docx", "docx"),
        ("document", "s3://bucket/a", "pdf"),
        ("video", "s3://bucket/a.3gp", "three_gp"),
    ],
)
def test_an_address_tells_the_format(kind: str, uri: str, name: str) -> None:
    assert format_at(kind, uri) == name


@given(st.lists(st.none() | st.text(max_size=260), max_size=5))
def test_every_name_is_taken_and_none_twice(names: list[str | None]) -> None:
    taken: set[str] = set()
    written = [document_name(name, taken) for name in names]
    assert len(set(written)) == len(names)
    for name in written:
        assert re.fullmatch(r"[0-9A-Za-z \-()\[\]]{1,200}", name)
        assert "  " not in name
        assert document_name(name, set()) == name


def test_a_name_stays_as_like_itself_as_it_can() -> None:
    assert document_name("Report [2026]_final.pdf", {"x"}) == "Report [2026]-final-pdf"
    assert document_name("a", {"a", "a (2)"}) == "a (3)"
