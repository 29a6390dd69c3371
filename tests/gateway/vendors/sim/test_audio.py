"""Sound is the same for the same text; what is heard is counted by its bytes."""

import json

import pytest

from gateway.vendors.sim.audio import DrawingRequest, ListeningRequest, SpeechRequest, fields_of
from gateway.vendors.sim.behaviour import Behaviour
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.script import Part, Stamp

STAMP = Stamp("1", 5)


def form(**fields: bytes) -> bytes:
    parts = [
        b'--b\r\ncontent-disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name.encode(), value)
        for name, value in fields.items()
    ]
    return b"".join(parts) + b"--b--\r\n"


def test_a_voice_says_a_text_in_chunks_that_are_the_whole() -> None:
    request = SpeechRequest(b'{"model": "speak", "input": "twenty characters ok", "voice": "a"}')
    reply = request.reply(Behaviour(), 0, STAMP)
    events = list(reply.events())
    assert (request.units, reply.written, len(events)) == (20, 3, 4)
    assert events[0].part is Part.OPEN and events[0].data[:4] == b"RIFF"
    assert reply.whole() == b"".join(event.data for event in events)
    assert len(reply.whole()) == 44 + 20 * 480


def test_what_is_heard_is_counted() -> None:
    request = ListeningRequest(form(model=b"hear", file=b"\r\n--" * 10_000))
    answer = json.loads(request.reply(Behaviour(), 0, STAMP).whole())
    assert answer == {"text": "40000 bytes of sound", "usage": {"type": "duration", "seconds": 3}}


def test_a_verbose_answer_has_the_duration() -> None:
    request = ListeningRequest(form(model=b"hear", file=b"x" * 8_000, response_format=b"verbose_json"))
    assert json.loads(request.reply(Behaviour(), 0, STAMP).whole())["duration"] == 0.5


def test_a_picture_is_changed_as_often_as_is_asked() -> None:
    request = DrawingRequest(form(model=b"draw", image=b"x", n=b"3"))
    assert (request.units, len(json.loads(request.reply(Behaviour(), 0, STAMP).whole())["data"])) == (3, 3)


def test_more_pictures_than_anybody_draws_are_refused() -> None:
    with pytest.raises(Refused, match="above maximum"):
        DrawingRequest(form(model=b"draw", image=b"x", n=b"11"))


@pytest.mark.parametrize("body", [b"", b"x", form(model=b"hear"), form(file=b"x")])
def test_what_is_no_form_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        ListeningRequest(body)


def test_fields_are_found_by_their_names() -> None:
    assert fields_of(form(a=b"1\r\n2", b=b"")) == {"a": b"1\r\n2", "b": b""}
