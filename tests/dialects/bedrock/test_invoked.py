"""Events in frames that AWS's own decoder reads."""

import json

from botocore.eventstream import EventStreamBuffer

from dialects.bedrock.invoked import InvokedMessages, framed
from dialects.errors import VendorError


def test_each_event_is_a_frame_and_what_has_no_data_is_none() -> None:
    events = b'event: ping\ndata: {"type":"ping"}\n\n: comment\n\nevent: x\ndata: {"type":"x"}\n\n'
    buffer = EventStreamBuffer()
    buffer.add_data(framed(events))
    found = [event.to_response_dict() for event in buffer]
    assert [each["headers"][":event-type"] for each in found] == ["chunk", "chunk"]
    payloads = [json.loads(each["body"])["bytes"] for each in found]
    assert payloads == ["eyJ0eXBlIjoicGluZyJ9", "eyJ0eXBlIjoieCJ9"]


def test_an_error_is_an_exception_of_awss() -> None:
    said = VendorError("busy", code="vendor_overloaded")
    assert json.loads(InvokedMessages().write_error(said, 503))["__type"] == "ServiceUnavailableException"
    buffer = EventStreamBuffer()
    buffer.add_data(InvokedMessages().write_error_event(said, 503))
    [event] = buffer
    assert event.to_response_dict()["status_code"] == 400
