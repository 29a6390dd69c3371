"""Content in a URL is found, and written as it was."""

import pytest
from hypothesis import given

from dialects.conversation import Inline, Stored, Url
from dialects.data_urls import read_url, write_url
from tests.dialects.conversations import image_sources


@given(image_sources.filter(lambda source: not isinstance(source, Stored)))
def test_a_source_is_the_same_after_the_way_through_a_url(source: Inline | Url) -> None:
    assert read_url(write_url(source)) == source


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("data:image/png;base64,AA==", Inline("image/png", "AA==")),
        ("DATA:Image/PNG;charset=x;BASE64,AA==", Inline("image/png", "AA==")),
        ("data:;base64,AA==", Inline("text/plain", "AA==")),
        ("data:text/plain,hello", Url("data:text/plain,hello")),
        ("https://e.com/a;base64,b", Url("https://e.com/a;base64,b")),
        ("", Url("")),
    ],
)
def test_only_base64_is_content_in_the_request(url: str, source: Inline | Url) -> None:
    assert read_url(url) == source
