"""What a vendor keeps is noted while the answer passes as it came."""

import json

import pytest

from gateway.frames import Head
from gateway.responses.noting import KeptResponse, MadeThings, Noting
from tests.gateway.road import Caller

HEAD = b"x-signalbox-target: my%20vendor/m\r\n"
EVENTS = (
    b'event: response.created\ndata: {"type":"response.created","response":{"id":"resp_1","output":[]}}\n\n',
    b'data: {"type":"response.output_text.delta","delta":"response.created"}\n\n'
    b'data: {"type":"response.output_item.added","item":{"id":"msg_1"}}\n\n',
)


@pytest.mark.parametrize("whole", [True, False])
async def test_ids_are_noted_with_the_vendor_that_answered(whole: bool) -> None:
    caller, noted = Caller([]), []
    sink = Noting(caller, lambda vendor, ids: noted.append((vendor, *ids)), KeptResponse())
    if whole:
        said = b'{"id": "resp_1", "output": [{"id": "msg_1", "content": [{"id": "no"}]}]}'
        sink.begin(Head(b"", True, HEAD), said)
        assert noted == [("my vendor", "resp_1", "msg_1")]
    else:
        sink.begin(Head(b"", False, HEAD), EVENTS[0])
        sink.write(EVENTS[1])
        said = b"".join(EVENTS)
        assert noted == [("my vendor", "resp_1"), ("my vendor", "msg_1")]
    sink.end()
    assert (caller.body, caller.complete, sink.paused) == (said, True, caller.paused)


BASH = {"type": "bash_code_execution_output", "file_id": "file_1"}
RESULT = {"type": "bash_code_execution_tool_result", "content": {"content": [BASH]}}
CITED = {"type": "text", "text": "x", "citations": [{"type": "char_location", "file_id": "theirs"}]}


@pytest.mark.parametrize(
    ("whole", "ids"),
    [
        ({"choices": [{"message": {"audio": {"id": "audio_1", "data": ""}}}]}, ["audio_1"]),
        ({"container": {"id": "c_1"}, "content": [RESULT, CITED]}, ["c_1", "file_1"]),
        ({"container": None, "content": [{"type": "text", "text": '"container": "no"'}]}, []),
        ({"content": [{"type": "document", "file_id": "not_written"}]}, []),
    ],
)
def test_what_an_answer_brings_into_being_is_found(whole: dict[str, object], ids: list[str]) -> None:
    data = json.dumps(whole).encode()
    assert MadeThings().whole(data) == ids
    assert MadeThings().feed(b"data: %b\n\ndata: [DONE]\n\n" % data) == ids
