"""An event of a streamed response is decoded from wherever its data stands."""

import pytest

from dialects.openai.responses_events import BEFORE_SAID, Event, Said, data_of, decode, decode_said

DATA = b'{"type":"response.output_text.delta","delta":"a","output_index":1,"content_index":2}'


@pytest.mark.parametrize(
    "event",
    [
        b"event: response.output_text.delta\ndata: " + DATA + b"\n\n",
        b"data: " + DATA + b"\n\n",
        b"event: x\r\ndata: " + DATA + b"\r\n\r\n",
        b"event: x\ndata:" + DATA,
    ],
)
def test_the_data_is_found(event: bytes) -> None:
    assert data_of(event) == DATA


def test_what_has_no_data_has_none() -> None:
    assert data_of(b"event: response.created\n\n") is None
    assert data_of(b'event: x\nxdata: {"a":1}\n\n') is None


def test_a_piece_of_text_is_read_without_its_name() -> None:
    event = BEFORE_SAID + DATA + b"\n\n"
    assert decode_said(event[len(BEFORE_SAID) :]) == Said("a", 1, 2)
    assert decode(DATA) == Event("response.output_text.delta", "a", 1, 2)
