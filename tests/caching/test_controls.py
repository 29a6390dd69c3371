"""What a caller says of the cache is understood, and what it does not say is not made up."""

from typing import Any

import pytest

from caching.controls import NOTHING_SAID, Controls, read_controls, take_controls

SAID = [
    (b"no-cache", Controls(no_cache=True)),
    (b"No-Store", Controls(no_store=True)),
    (b"max-age=60", Controls(max_age=60)),
    (b'max-age="60"', Controls(max_age=60)),
    (b"max-age = 60 , no-cache", Controls(no_cache=True, max_age=60)),
    (b"max-age=-1", Controls(max_age=0)),
    (b"max-age=abc", Controls(max_age=0)),
    (b"max-age", Controls(max_age=0)),
    (b"max-age=" + b"9" * 40, Controls(max_age=999_999_999)),
    (b"only-if-cached", Controls(only_if_cached=True)),
    (b"no-cachet, public", Controls()),
    (b"", Controls()),
]


@pytest.mark.parametrize(("value", "expected"), SAID)
def test_directives_are_read(value: bytes, expected: Controls) -> None:
    assert read_controls([(b"host", b"x"), (b"cache-control", value)]) == expected


def test_two_headers_are_one() -> None:
    both = [(b"cache-control", b"no-cache"), (b"cache-control", b"max-age=5")]
    assert read_controls(both) == Controls(no_cache=True, max_age=5)


def test_without_headers_nothing_is_said() -> None:
    assert read_controls([(b"host", b"x")]) is NOTHING_SAID


def test_tags_are_few_and_short() -> None:
    assert read_controls([(b"x-signalbox-cache-tags", b"a, b,,c ")]).tags == ("a", "b", "c")
    many = b",".join(b"%d" % number + b"x" * 100 for number in range(50))
    tags = read_controls([(b"x-signalbox-cache-tags", many)]).tags
    assert len(tags) == 16
    assert max(map(len, tags)) == 64
    lines = [(b"x-signalbox-cache-tags", each) for each in ("gr\u00f6\u00dfe".encode(), b"gr\xf6\xdfe,b")]
    assert read_controls(lines).tags == ("gr\u00f6\u00dfe", "gr\u00f6\u00dfe", "b")
    in_body = take_controls({"signalbox_cache_tags": "\u5ba2"})
    assert read_controls(in_body).tags == ("\u5ba2",)


def test_metadata_says_what_headers_say_and_keeps_the_rest() -> None:
    metadata: dict[str, Any] = {
        "signalbox_cache_control": "max-age=5",
        "signalbox_cache_tags": "a,b",
        "x": "y",
    }
    assert read_controls(take_controls(metadata)) == Controls(max_age=5, tags=("a", "b"))
    assert metadata == {"x": "y"}
    odd: dict[str, Any] = {"signalbox_cache_control": 7, "signalbox_cache_tags": ["a"]}
    assert take_controls(odd) == []
