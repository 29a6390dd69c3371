"""What is drawn, judged or ranked is the same for the same request, and its units are counted."""

import json
import zlib
from base64 import b64decode

import pytest

from gateway.vendors.sim.behaviour import Behaviour
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.media import ImageRequest, ModerationRequest, RerankRequest, png
from gateway.vendors.sim.script import Stamp

STAMP = Stamp("1", 5)


def test_a_picture_is_a_png_whose_checksums_are_right() -> None:
    picture = png("x")
    assert picture == png("x") != png("y")
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    size = int.from_bytes(picture[33:37])
    name, data = picture[37:41], picture[41 : 41 + size]
    assert (name, len(zlib.decompress(data))) == (b"IDAT", 4)
    assert int.from_bytes(picture[41 + size : 45 + size]) == zlib.crc32(name + data)


def test_pictures_are_counted() -> None:
    request = ImageRequest(b'{"model": "draw", "prompt": "x", "n": 2}')
    answer = json.loads(request.reply(Behaviour(), 0, STAMP).whole())
    assert (request.units, [b64decode(each["b64_json"]) for each in answer["data"]]) == (
        2,
        [png("x/0"), png("x/1")],
    )
    assert "usage" not in answer


def test_a_model_that_counts_tokens_says_so_unless_told_otherwise() -> None:
    reply = ImageRequest(b'{"model": "draw-tokens", "prompt": "x"}').reply(Behaviour(), 0, STAMP)
    assert json.loads(reply.whole())["usage"]["output_tokens"] == reply.usage.output == 272
    assert "usage" not in json.loads(reply.whole(usage=False))


def test_documents_are_ranked_by_shared_words() -> None:
    documents = ["none", "red signal", "signal"]
    request = RerankRequest(
        json.dumps({"model": "rank", "query": "Red signal", "documents": documents, "top_n": 2}).encode()
    )
    answer = json.loads(request.reply(Behaviour(), 0, STAMP).whole())
    assert [(each["index"], each["relevance_score"]) for each in answer["results"]] == [(1, 1.0), (2, 0.5)]


def test_harm_is_flagged() -> None:
    reply = ModerationRequest(b'{"model": "moderate", "input": "a bomb"}').reply(Behaviour(), 0, STAMP)
    assert json.loads(reply.whole())["results"][0]["flagged"] is True


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (ImageRequest, b'{"model": "draw", "prompt": "x", "n": 0}'),
        (ImageRequest, b'{"model": "draw", "prompt": "x", "n": 11}'),
        (ImageRequest, b'{"model": "draw", "prompt": "x", "n": 18446744073709551616}'),
        (ImageRequest, b'{"model": "draw"}'),
        (RerankRequest, b'{"model": "rank", "query": "x", "documents": []}'),
        (ModerationRequest, b"{"),
    ],
)
def test_what_is_no_request_is_refused(kind: type, body: bytes) -> None:
    with pytest.raises(Refused):
        kind(body)
