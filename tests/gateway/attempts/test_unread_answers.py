"""Whatever a vendor sends, an answer that cannot be read is a failed attempt and no failure of ours."""

import pytest

from dialects.openai.stream import OpenAIStream
from dialects.translating import Same
from gateway.errors import UpstreamError
from tests.gateway.road import DONE, HELLO, ROLE, STOP, STREAM, WHOLE, Answer, Caller, Road, streams

GOOD = Answer()


@pytest.mark.parametrize("at", ["feed", "end", "answer"])
async def test_an_answer_at_which_its_reader_raises_is_another_targets(
    at: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    of = Same if at == "answer" else OpenAIStream
    reads = getattr(of, at)

    def raises(self: object, *given: object) -> object:
        monkeypatch.setattr(of, at, reads)
        raise TypeError("unhashable type: 'list'")

    monkeypatch.setattr(of, at, raises)
    stream = at != "answer"
    road = Road({"one": [streams(ROLE) if stream else GOOD], "two": [STREAM if stream else GOOD]})
    caller = Caller(road.log)
    await road.run(caller, road.call(stream=stream))
    assert caller.body == (ROLE + HELLO + STOP + DONE if stream else WHOLE)
    assert [(row.status, row.error_code) for row in road.rows] == [("error", "malformed_event"), ("ok", "")]
    assert "unhashable" in caplog.text


@pytest.mark.parametrize("at", ["feed", "end"])
async def test_a_reader_that_raises_after_content_cuts_the_stream(
    at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    road = Road({"one": [streams(ROLE, HELLO, *([STOP] if at == "feed" else []))], "two": [STREAM]})
    reads = OpenAIStream.feed

    def feed(self: OpenAIStream, data: bytes) -> bytes:
        if STOP in data:
            raise TypeError("unhashable type: 'list'")
        return reads(self, data)

    def end(self: OpenAIStream) -> bytes:
        raise TypeError("unhashable type: 'list'")

    monkeypatch.setattr(OpenAIStream, "feed", feed)
    monkeypatch.setattr(OpenAIStream, "end", end)
    with pytest.raises(UpstreamError) as broken:
        await road.run(Caller(road.log), road.call(stream=True))
    assert (broken.value.status, broken.value.code) == (502, "malformed_event")
    assert [(row.status, row.error_code) for row in road.rows] == [("cut", "malformed_event")]


async def test_bytes_that_are_no_text_are_replaced_in_what_passes() -> None:
    road = Road({"one": [Answer([WHOLE.replace(b"Hello", b"H\xffllo")])]})
    caller = Caller(road.log)
    await road.run(caller, road.call())
    assert caller.body == WHOLE.replace(b"Hello", "H\ufffdllo".encode()) != WHOLE
