"""A batch's file, line by line."""

import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.batching import lines
from gateway.batching.lines import Line, Wrong, answered, numbered, read_line, unanswered

CHAT = "/v1/chat/completions"


async def cut(data: bytes, sizes: list[int]) -> AsyncIterator[bytes]:
    while data:
        size = sizes.pop(0) if sizes else len(data)
        yield data[:size]
        data = data[size:]


@given(st.binary(max_size=60).map(lambda data: data.replace(b"x", b"\n")), st.lists(st.integers(1, 9)))
async def test_lines_are_numbered_however_they_are_cut(data: bytes, sizes: list[int]) -> None:
    found = [pair async for pair in numbered(cut(data, sizes))]
    assert found == [(n, each.strip()) for n, each in enumerate(data.split(b"\n"), 1) if each.strip()]


async def test_a_line_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_LINE", 10)
    with pytest.raises(Wrong, match="Line 2 has more than 10 bytes"):
        async for _ in numbered(cut(b"a\n" + b"b" * 12, [6, 4])):
            pass


def test_a_line_is_read_with_its_body_untouched() -> None:
    body = b'{"model": "m",  "seed": 1.0, "seed": 2}'
    data = b'{"custom_id": "a", "method": "POST", "url": "%b", "body": %b, "extra": 1}' % (
        CHAT.encode(),
        body,
    )
    assert read_line(data, CHAT) == Line("a", body)


@given(st.binary(max_size=40))
def test_no_line_breaks_the_reader(data: bytes) -> None:
    with pytest.raises(Wrong):
        read_line(data, CHAT)


@pytest.mark.parametrize("body", [b'{"a":\n  1.0}', b'{"a":1.0}', b'\n{"a" : 1.0}\n'])
def test_an_answer_stands_on_one_line_and_keeps_its_numbers(body: bytes) -> None:
    text = answered("r1", "mine", "req_1", 200, body)
    assert "\n" not in text
    assert '"body":{"a":1.0}' in text
    assert json.loads(text)["custom_id"] == "mine"


def test_an_answer_that_is_no_json_is_a_text() -> None:
    told = json.loads(answered("r1", "mine", "req_1", 502, b"<html>\xff\n"))
    assert told["response"]["body"] == "<html>\ufffd\n"


def test_what_was_never_asked_says_so() -> None:
    told = json.loads(unanswered("r1", "mine", "batch_expired", "too late"))
    assert (told["response"], told["error"]) == (None, {"code": "batch_expired", "message": "too late"})
