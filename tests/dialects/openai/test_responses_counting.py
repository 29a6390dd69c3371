"""OpenAI's counter is asked for what it takes, and nothing else is taken for its count."""

import json

import pytest

from dialects.dialect import Destination
from dialects.errors import Malformed
from dialects.openai.responses_counting import (
    ResponsesCounting,
    read_count,
    read_count_request,
    write_count,
    write_count_request,
)

WISHES = {"temperature": 1.0, "max_output_tokens": 9, "store": True, "metadata": {"a": "b"}, "stream": True}


def test_what_has_no_size_is_left_out() -> None:
    asked = {"model": "m", "input": "hi", "instructions": "be brief", **WISHES}
    sent = json.loads(write_count_request(read_count_request(json.dumps(asked).encode()), Destination("n")))
    assert set(sent) == {"model", "input", "instructions"}
    assert (sent["model"], sent["instructions"]) == ("n", "be brief")


def test_a_count_is_read_and_written() -> None:
    assert read_count(write_count(7)) == 7
    assert json.loads(write_count(7)) == {"object": "response.input_tokens", "input_tokens": 7}
    for other in (b"{}", b"", b'{"input_tokens": "7"}', b"[7]"):
        with pytest.raises(Malformed):
            read_count(other)
        with pytest.raises(Malformed):
            ResponsesCounting().peek_answer(other)


def test_it_is_never_streamed() -> None:
    asked = ResponsesCounting().peek(json.dumps({"model": "m", "input": "hi", **WISHES}).encode())
    assert (asked.model, asked.stream, asked.max_output) == ("m", False, None)
