"""An answer tells its size while it passes."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.relaying.counting import Told
from gateway.relaying.watching import Events, OneObject, Unwatched, Writing, watcher

USAGE = {"input_tokens": 4, "output_tokens": 2}


def event(**said: Any) -> bytes:
    return b"event: x\r\ndata: " + json.dumps(said).encode() + b"\n\n"


STREAM = (
    event(type="image_generation.partial_image", b64_json="QUJD" * 50)
    + event(type="image_generation.completed", b64_json="QUJD" * 50, usage=USAGE)
    + b": a comment\n\ndata: [DONE]\n\n"
)


@given(cuts=st.lists(st.integers(0, 1000), max_size=30))
def test_the_last_word_of_a_stream_counts_wherever_it_is_cut(cuts: list[int]) -> None:
    events = Events()
    start = 0
    for end in [*sorted(cut % (len(STREAM) + 1) for cut in cuts), len(STREAM)]:
        events.feed(STREAM[start:end])
        start = end
    assert events.told(complete=True) == Told(usage=USAGE, images=1, complete=True)


def test_an_object_tells_when_it_is_whole() -> None:
    watched = OneObject()
    body = json.dumps({"data": [{}, {}], "usage": USAGE, "duration": 2.5}).encode()
    watched.feed(body[:-20])
    assert watched.told(complete=False).duration is None
    watched.feed(body[-20:])
    whole = Told(usage=USAGE, duration=2.5, images=2, complete=True, written=len(body))
    assert watched.told(complete=True) == whole


@pytest.mark.parametrize(
    ("content_type", "coding", "kind"),
    [
        (b"application/json; charset=utf-8", b"", OneObject),
        (b"text/event-stream", b"identity", Events),
        (b"text/vtt", b"", Writing),
        (b"audio/mpeg", b"", Unwatched),
        (b"application/json", b"gzip", Unwatched),
        (b"", b"", Unwatched),
    ],
)
def test_what_can_be_read_is_watched(content_type: bytes, coding: bytes, kind: type) -> None:
    found = watcher(content_type, coding)
    assert type(found) is kind
    found.feed(b"{}")
    assert found.told(complete=True) == Told(complete=True, written=2 if kind in (OneObject, Writing) else 0)


CAPTIONS = {
    b"1\n00:00:00,000 --> 00:00:04,200\nHello\n\n2\n00:59:00,000 --> 01:02:03,900\nthere\n\n": 3723,
    b"WEBVTT\n\n00:00.000 --> 00:07.000\nHello --> there\n": 7,
    b"It was 10:30:00 when she left.": 0,
}


@given(st.sampled_from([*CAPTIONS]), st.lists(st.integers(0, 100), max_size=9))
def test_captions_say_how_long_was_listened_wherever_they_are_cut(text: bytes, cuts: list[int]) -> None:
    watched = watcher(b"text/plain; charset=utf-8", b"")
    for start, end in pairwise(sorted([0, len(text), *(min(cut, len(text)) for cut in cuts)])):
        watched.feed(text[start:end])
    assert watched.told(complete=True) == Told(complete=True, written=len(text), ends=CAPTIONS[text])
