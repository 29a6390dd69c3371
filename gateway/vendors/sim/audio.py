"""The simulator's speech and transcription: deterministic, billed by character or by second."""

import math
import struct
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import msgspec
import orjson

from dialects.usage import Usage
from gateway.vendors.sim import openai_wire as wire
from gateway.vendors.sim.behaviour import Behaviour
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.media import PICTURES, MediaReply, draw
from gateway.vendors.sim.script import Event, Part, Stamp

RATE = 8000  # samples per second, one byte each
CHARACTER = 480  # samples per character
AT_ONCE = 8  # characters per chunk
BYTES_A_SECOND = 16_000  # of uploaded audio, whatever its format
_ENDLESS = 0xFFFFFFFF  # the length field of a WAV that is still growing


class _Speech(msgspec.Struct, frozen=True):
    model: str
    input: str
    voice: str
    metadata: wire.Metadata | None = None


_SPEECHES = msgspec.json.Decoder(_Speech)


class SpeechRequest:
    """A request for speech."""

    stream = True

    def __init__(self, body: bytes) -> None:
        """Read a request. Raises `Refused` if it is invalid."""
        self._request = request = wire.decode(_SPEECHES.decode, body)
        if not request.input:
            raise Refused(400, "'input' must not be empty.", param="input", code="invalid_value")
        self.model = request.model
        self.units = len(request.input)
        self.behaviour = request.metadata.behaviour if request.metadata else None

    def reply(self, behaviour: Behaviour, seed: int, stamp: Stamp) -> "SpeechReply":
        return SpeechReply(self._request.input, self._request.voice)


class SpeechReply:
    """A WAV, streamed in chunks."""

    stream_type = b"audio/wav"
    usage = Usage()

    def __init__(self, text: str, voice: str) -> None:
        self._pieces = [text[start : start + AT_ONCE] for start in range(0, len(text), AT_ONCE)]
        self._voice = voice
        self.written = len(self._pieces)

    def whole(self, *, usage: bool = True, finish: bool = True) -> bytes:
        return b"".join(event.data for event in self.events())

    def events(self, without: frozenset[Part] = frozenset()) -> Iterator[Event]:
        form = struct.pack("<IHHIIHH", 16, 1, 1, RATE, RATE, 1, 8)
        size = struct.pack("<I", _ENDLESS)
        yield Event(Part.OPEN, b"RIFF" + size + b"WAVEfmt " + form + b"data" + size)
        for piece in self._pieces:
            tone = blake2b(f"{self._voice}/{piece}".encode(), digest_size=48).digest()
            yield Event(Part.TEXT, tone * (CHARACTER // 48) * len(piece), 1)

    def broken(self) -> bytes:
        return b"{"

    def failure(self, *, stream: bool) -> bytes:
        return wire.failure_json()


class FormRequest:
    """A multipart form; a subclass counts its units."""

    stream = False
    behaviour: str | None = None

    def __init__(self, body: bytes) -> None:
        """Read a request. Raises `Refused` if it is invalid."""
        self.fields = fields_of(body)
        self.model = self.fields.get("model", b"").decode()
        if not self.model:
            raise wire.missing("model")
        self.units = self._counted()

    def _counted(self) -> int:
        raise NotImplementedError

    def _file(self, name: str) -> bytes:
        if name not in self.fields:
            raise wire.missing(name)
        return self.fields[name]


class ListeningRequest(FormRequest):
    """A request for a transcription; the answer says how many bytes were received."""

    def _counted(self) -> int:
        self.stream = self.fields.get("stream") == b"true"
        self._heard = len(self._file("file"))
        return math.floor(self._heard / BYTES_A_SECOND + 0.5)

    def reply(self, behaviour: Behaviour, seed: int, stamp: Stamp) -> "ListeningReply":
        answer: dict[str, Any] = {"text": f"{self._heard} bytes of sound"}
        if self.fields.get("response_format") == b"verbose_json":
            answer |= {"duration": self._heard / BYTES_A_SECOND, "language": "english", "segments": []}
        else:
            answer["usage"] = {"type": "duration", "seconds": self.units}
        return ListeningReply(answer)


class ListeningReply(MediaReply):
    """A transcription, whole or streamed word by word."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(answer)
        self._words = answer["text"].split(" ")
        self.written = len(self._words)

    def events(self, without: frozenset[Part] = frozenset()) -> Iterator[Event]:
        for word in self._words:
            yield Event(Part.TEXT, _event({"type": "transcript.text.delta", "delta": f"{word} "}), 1)
        yield Event(Part.USAGE, _event({"type": "transcript.text.done", **self._answer}))


class DrawingRequest(FormRequest):
    """A request to edit or vary an image."""

    def _counted(self) -> int:
        self._file("image")
        count = self.fields.get("n", b"1")
        asked = int(count) if count.isdigit() and len(count) < 3 else 1
        wire.at_most("n", asked, PICTURES)
        return asked

    def reply(self, behaviour: Behaviour, seed: int, stamp: Stamp) -> MediaReply:
        prompt = self.fields.get("prompt", self.fields["image"]).decode("utf-8", "replace")
        return draw(self.model, prompt, self.units, stamp)


def _event(said: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(said) + b"\n\n"


def fields_of(body: bytes) -> dict[str, bytes]:
    """A form's fields by name, the last of each; parsed without its content type. Raises `Refused`."""
    delimiter, line, _ = body.partition(b"\r\n")
    if not line or not delimiter.startswith(b"--"):
        raise Refused(400, "Could not parse multipart form")
    fields = {}
    for part in (b"\r\n" + body).split(b"\r\n" + delimiter)[1:-1]:
        headers, _, value = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = headers.partition(b'name="')[2].partition(b'"')[0]
        fields[name.decode("utf-8", "replace").removesuffix("[]")] = value
    return fields
