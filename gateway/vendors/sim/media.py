"""The simulator's images, moderations and rankings: small, deterministic, billed by the unit."""

import re
import struct
import zlib
from base64 import b64encode
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import msgspec
import orjson

from dialects.usage import Usage
from gateway.vendors.sim import openai_wire as wire
from gateway.vendors.sim import tokens
from gateway.vendors.sim.behaviour import Behaviour
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.script import Event, Part, Stamp

NOTHING = Usage()
IMAGE_TOKENS = 272  # output tokens per image, for models that count tokens
PICTURES = 10  # the maximum of `n`
_HARM = re.compile(r"\b(kill|bomb|attack)\b", re.IGNORECASE)


class MediaReply:
    """One whole answer in JSON. It is never streamed."""

    stream_type = wire.STREAM
    written = 0

    def __init__(self, answer: dict[str, Any], usage: Usage = NOTHING) -> None:
        self.usage = usage
        self._answer = answer

    def whole(self, *, usage: bool = True, finish: bool = True) -> bytes:
        hidden = () if usage else ("usage", "meta", "duration")
        return orjson.dumps({name: value for name, value in self._answer.items() if name not in hidden})

    def events(self, without: frozenset[Part] = frozenset()) -> Iterator[Event]:
        return iter(())

    def broken(self) -> bytes:
        return b"{"

    def failure(self, *, stream: bool) -> bytes:
        return wire.failure_json()


class _Images(msgspec.Struct, frozen=True):
    model: str
    prompt: str
    n: int | None = None
    metadata: wire.Metadata | None = None


class _Moderation(msgspec.Struct, frozen=True):
    model: str
    input: str | list[str]
    metadata: wire.Metadata | None = None


class _Rerank(msgspec.Struct, frozen=True):
    model: str
    query: str
    documents: list[str]
    top_n: int | None = None
    metadata: wire.Metadata | None = None


_IMAGES = msgspec.json.Decoder(_Images)
_MODERATIONS = msgspec.json.Decoder(_Moderation)
_RERANKS = msgspec.json.Decoder(_Rerank)


def draw(model: str, prompt: str, count: int, stamp: Stamp) -> MediaReply:
    """Images of one pixel, coloured by the prompt; with usage if the model counts tokens."""
    pictures = [{"b64_json": b64encode(png(f"{prompt}/{number}")).decode()} for number in range(count)]
    answer: dict[str, Any] = {"created": stamp.created, "data": pictures}
    if not model.startswith("draw-tokens"):
        return MediaReply(answer)
    drawn = count * IMAGE_TOKENS
    usage = Usage(input=tokens.count(prompt), output=drawn, output_image=drawn)
    answer["usage"] = {
        "input_tokens": usage.input,
        "output_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "input_tokens_details": {"text_tokens": usage.input, "image_tokens": 0},
    }
    return MediaReply(answer, usage)


def png(text: str) -> bytes:
    """An image of one pixel, its colour derived from a text."""
    colour = blake2b(text.encode(), digest_size=3).digest()
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" + colour)), (b"IEND", b"")]
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


class ImageRequest:
    """A request for images."""

    stream = False

    def __init__(self, body: bytes) -> None:
        """Read a request. Raises `Refused` if it is invalid."""
        self._request = request = wire.decode(_IMAGES.decode, body)
        wire.at_least("n", request.n, 1)
        wire.at_most("n", request.n, PICTURES)
        self.model = request.model
        self.units = request.n or 1
        self.behaviour = request.metadata.behaviour if request.metadata else None

    def reply(self, behaviour: Behaviour, seed: int, stamp: Stamp) -> MediaReply:
        return draw(self.model, self._request.prompt, self.units, stamp)


class ModerationRequest:
    """A request to moderate texts."""

    stream = False
    units = 1

    def __init__(self, body: bytes) -> None:
        """Read a request. Raises `Refused` if it is invalid."""
        self._request = request = wire.decode(_MODERATIONS.decode, body)
        self.model = request.model
        self.behaviour = request.metadata.behaviour if request.metadata else None

    def reply(self, behaviour: Behaviour, seed: int, stamp: Stamp) -> MediaReply:
        given = self._request.input
        results = [_judged(text) for text in ([given] if isinstance(given, str) else given)]
        return MediaReply({"id": f"modr-{stamp.id}", "model": self.model, "results": results})


def _judged(text: str) -> dict[str, Any]:
    violent = _HARM.search(text) is not None
    scores = {"violence": 0.9 if violent else 0.01}
    return {"flagged": violent, "categories": {"violence": violent}, "category_scores": scores}


class RerankRequest:
    """A request to rank documents, by the number of words they share with the query."""

    stream = False

    def __init__(self, body: bytes) -> None:
        """Read a request. Raises `Refused` if it is invalid."""
        self._request = request = wire.decode(_RERANKS.decode, body)
        if not request.documents:
            raise Refused(400, "'documents' must not be empty.", param="documents", code="empty_array")
        self.model = request.model
        self.units = -(-len(request.documents) // 100)
        self.behaviour = request.metadata.behaviour if request.metadata else None

    def reply(self, behaviour: Behaviour, seed: int, stamp: Stamp) -> MediaReply:
        wanted = set(self._request.query.lower().split())
        scores = [len(wanted & set(text.lower().split())) for text in self._request.documents]
        order = sorted(range(len(scores)), key=lambda index: (-scores[index], index))
        results = [
            {"index": index, "relevance_score": round(scores[index] / (len(wanted) or 1), 6)}
            for index in order[: self._request.top_n]
        ]
        meta = {"billed_units": {"search_units": self.units}}
        return MediaReply({"id": stamp.id, "results": results, "meta": meta})
