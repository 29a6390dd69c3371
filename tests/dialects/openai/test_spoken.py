"""What all of OpenAI's formats do alike while bytes pass."""

import json

from dialects.dialect import Destination
from dialects.errors import VendorError
from dialects.openai.spoken import OpenAISpoken

SPOKEN = OpenAISpoken()
ERROR = {"message": "m", "type": "invalid_request_error", "param": "n", "code": "c"}


def test_only_the_top_level_is_edited() -> None:
    assert SPOKEN.edit(b'{"model":"a","x":[1.0]}', Destination("b")) == b'{"model":"b","x":[1.0]}'


def test_an_error_reads_as_it_was_written_alone_and_in_a_stream() -> None:
    error = VendorError("m", "invalid_request_error", "c", "n")
    assert json.loads(SPOKEN.write_error(error, 400)) == {"error": ERROR}
    assert SPOKEN.read_error(400, SPOKEN.write_error(error, 400)) == error
    event = SPOKEN.write_error_event(error, 400)
    assert (event[:6], json.loads(event[6:]), event[-2:]) == (b"data: ", {"error": ERROR}, b"\n\n")
    watcher = SPOKEN.watcher(hide_usage=False)
    assert (watcher.feed(event), watcher.error) == (b"", error)


def test_four_bytes_are_a_token() -> None:
    assert SPOKEN.input_estimate(b"12345") == 2
