"""What a request weighs in tokens: its texts by their bytes, what is packed by what models read of it."""

import base64
import json
import random
import time
from typing import Any

import pytest

from dialects.weighing import weigh

DATA = base64.b64encode(random.Random(1).randbytes(900_000)).decode()
TEXT = "The night train leaves at ten. " * 40


@pytest.mark.parametrize(
    ("length", "tokens"), [(0, 0), (1, 1), (4, 1), (5, 2), (4000, 1000), (100_000, 25_000)]
)
def test_four_bytes_of_text_are_a_token(length: int, tokens: int) -> None:
    assert weigh((b"night train " * length)[:length]) == tokens


def said(*parts: Any) -> bytes:
    return json.dumps({"messages": [{"role": "user", "content": [{"text": TEXT}, *parts]}]}).encode()


@pytest.mark.parametrize(
    ("part", "least", "most"),
    [
        ({"image_url": {"url": f"data:image/png;base64,{DATA}"}}, 1_600, 1_600),
        ({"source": {"type": "base64", "media_type": "image/jpeg", "data": DATA}}, 1_600, 1_600),
        ({"source": {"type": "base64", "data": DATA, "media_type": "image/jpeg"}}, 1_600, 1_600),
        ({"inlineData": {"mimeType": "image/webp", "data": DATA}}, 1_600, 1_600),
        ({"image": {"format": "png", "source": {"bytes": DATA}}}, 1_600, 1_600),
        ({"role": "user", "images": [DATA]}, 1_600, 1_600),
        ({"input_audio": {"data": DATA, "format": "mp3"}}, 2_000, 6_000),
        ({"file": {"file_data": f"data:application/pdf;base64,{DATA}"}}, 2_000, 6_000),
        ({"type": "text", "text": DATA}, 290_000, 310_000),  # somebody's text, which is read as it is
    ],
    ids=lambda each: str(each)[:40] if isinstance(each, dict) else None,
)
def test_what_is_packed_weighs_what_is_read_of_it(part: Any, least: int, most: int) -> None:
    words = weigh(said())
    apart = 60  # tokens of what stands about it
    assert least <= weigh(said(part)) - words <= most + apart
    assert (
        2 * least
        <= weigh(said(part, {"text": TEXT}, part)) - weigh(said({"text": TEXT}))
        <= 2 * (most + apart)
    )


@pytest.mark.parametrize(
    "body", [b"a" * 20_000_000, b'"' * 20_000_000, b'"a' * 10_000_000, b'{"data":"' * 2_000_000]
)
def test_no_body_takes_long(body: bytes) -> None:
    began = time.process_time()
    weigh(body)
    assert time.process_time() - began < 0.5
