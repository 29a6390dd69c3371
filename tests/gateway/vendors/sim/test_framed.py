"""Broken events end where their framing says; a usage that is no usage is taken out."""

import pytest

from dialects.bedrock.eventstream import EventStream, encode
from dialects.dialect import Framing
from dialects.errors import Malformed
from dialects.framing import JsonLines, ServerSentEvents
from dialects.gemini.framing import JsonArray
from gateway.vendors.sim.framed import broken_event, uncounted, uncounted_events


@pytest.mark.parametrize(
    "framing", [ServerSentEvents(), JsonLines(), JsonArray()], ids=lambda each: type(each).__name__
)
def test_a_broken_event_is_one_event(framing: Framing) -> None:
    broken = broken_event(framing)
    assert framing.split(broken, 0) == ([broken], b"")


def test_a_broken_frame_does_not_match_its_checksum() -> None:
    with pytest.raises(Malformed, match="checksum"):
        EventStream().split(broken_event(EventStream()), 0)


def test_only_the_usage_is_taken_out() -> None:
    assert uncounted(b'{"a":"\\"usage\\":{}","usage":{"in":0},"b":1}') == b'{"a":"\\"usage\\":{}","b":1}'
    assert uncounted(b'{"a":1}') == b'{"a":1}'


def test_the_frame_of_the_usage_is_left_out() -> None:
    said = encode({":event-type": "messageStop"}, b"{}")
    told = encode({":event-type": "metadata"}, b"{}")
    assert uncounted_events(said + told, EventStream()) == said
    assert uncounted_events(b'data: {"x":1,"usage":{}}\n\n', ServerSentEvents()) == b'data: {"x":1}\n\n'
