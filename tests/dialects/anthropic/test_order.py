"""The checker of streams takes a good one, and sees what is wrong with each of the others."""

import json
from typing import Any

import pytest

from tests.dialects.anthropic_order import check_order

MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
    "usage": {"input_tokens": 9, "output_tokens": 1},
}


def event(name: str, **members: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps({'type': name, **members})}\n\n".encode()


START = event("message_start", message=MESSAGE)
TEXT = event("content_block_start", index=0, content_block={"type": "text", "text": ""})
HI = event("content_block_delta", index=0, delta={"type": "text_delta", "text": "hi"})
CLOSED = event("content_block_stop", index=0)
ENDED = event(
    "message_delta",
    delta={"stop_reason": "end_turn", "stop_sequence": None},
    usage={"output_tokens": 3},
)
STOP = event("message_stop")
PING = event("ping")
ERROR = event("error", error={"type": "overloaded_error", "message": "m"})


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param([START, PING, TEXT, PING, HI, CLOSED, ENDED, STOP], id="text"),
        pytest.param([START, ENDED, STOP], id="nothing"),
        pytest.param([START, TEXT, HI, ERROR], id="an error in the middle"),
    ],
)
def test_a_stream_in_order_is_taken(stream: list[bytes]) -> None:
    check_order(b"".join(stream))


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        pytest.param([TEXT], "content_block_start while before", id="no start"),
        pytest.param([START, START], "message_start while between", id="two starts"),
        pytest.param([START, HI], "content_block_delta while between", id="a delta of no block"),
        pytest.param([START, TEXT, TEXT], "content_block_start while in", id="two open blocks"),
        pytest.param(
            [START, TEXT, HI, ENDED], "message_delta while in a block", id="an open block at the end"
        ),
        pytest.param([START, TEXT, CLOSED, TEXT], "block 0 where 1 is due", id="an index twice"),
        pytest.param([START, STOP], "message_stop while between", id="no reason to end"),
        pytest.param([START, ENDED], "ends after message_delta", id="no end"),
        pytest.param([START, ENDED, STOP, PING], "after the end", id="more after the end"),
        pytest.param([START, ERROR, STOP], "after the end", id="more after an error"),
        pytest.param([b"data: {}\n\n"], "without a name", id="no name"),
        pytest.param([START.removesuffix(b"\n")], "has no end", id="no empty line"),
        pytest.param(
            [START.replace(b"event: message_start", b"event: x")], "says that it is", id="two names"
        ),
        pytest.param([START.replace(b'"usage"', b'"use"')], "lacks", id="no usage"),
        pytest.param([START.replace(b'"input_tokens"', b'"in"')], "usage without", id="no input tokens"),
        pytest.param([START, TEXT.replace(b'""', b'"hi"')], "begins with some text", id="text at once"),
        pytest.param(
            [START, TEXT, HI.replace(b"text_delta", b"thinking_delta")], "in a block of the kind", id="mixed"
        ),
        pytest.param([START, ENDED.replace(b"end_turn", b"stop")], "an end by 'stop'", id="another's reason"),
    ],
)
def test_a_stream_that_the_sdk_would_not_take_is_refused(stream: list[bytes], reason: str) -> None:
    with pytest.raises(AssertionError, match=reason):
        check_order(b"".join(stream))
