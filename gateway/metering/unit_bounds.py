"""The most that a relayed call may cost, by images, characters, seconds, searches and tokens."""

from collections.abc import Sequence
from math import ceil
from types import MappingProxyType
from typing import Any

import msgspec

from config.kinds import Operation
from ledger.price import Price

MOST_IMAGES = 10  # per call: https://platform.openai.com/docs/api-reference/images/create#images-create-n
SECONDS = 600  # reserved for a recording, whose length is unknown before the vendor has processed it
# Tokens of one image: the largest of any maker, by quality.
# https://platform.openai.com/docs/guides/image-generation#cost-and-latency
_PICTURE = 13_000
_PICTURES = MappingProxyType({"low": 1_000, "medium": 4_000})
_PREVIEW, _PREVIEWS = 100, 3  # tokens of one partial image, and the most of them
_SHOWN = 16  # most input images
_PROMPT = 32_000  # most tokens of the prompt: also the most characters accepted
_SECOND = 17  # tokens per second of audio, from OpenAI's prices per minute and per token
_HEARD = 2_000  # tokens of a transcript: the longest answer of a transcribing model
_SPOKEN = 8  # tokens per character: the slowest speech
_TOGETHER = 100  # documents per search
_PIECE = 500  # tokens of a document that counts as one; a token is at least a byte
_DRAWN = frozenset([Operation.IMAGES, Operation.IMAGE_EDITS, Operation.IMAGE_VARIATIONS])
_WRITTEN = frozenset([Operation.TRANSCRIPTIONS, Operation.TRANSLATIONS])


class _Request(msgspec.Struct):
    n: Any = 1
    quality: Any = None


class _Ranked(msgspec.Struct):
    query: msgspec.Raw = msgspec.Raw()
    documents: list[msgspec.Raw] = []


def cost_bound(body: bytes, operation: Operation, prices: Sequence[Price]) -> int:
    """The most nano-dollars at any of these prices. `body` is empty if it is a form or not read yet."""
    tokens = _tokens(body, operation)
    return max((_bound(price, body, operation, tokens) for price in prices), default=0)


def _bound(price: Price, body: bytes, operation: Operation, tokens: tuple[int, int]) -> int:
    units = _units(price.per, body, operation) if price.amount else 0
    return price.ceiling(*tokens) - (-units * price.amount // price.every)


def _tokens(body: bytes, operation: Operation) -> tuple[int, int]:
    """The most tokens of the request and of its answer."""
    if operation in _DRAWN:
        drawn = _images(body) * _PICTURES.get(str(_read(body).quality), _PICTURE) + _PREVIEWS * _PREVIEW
        return (len(body) if body else _PROMPT + _SHOWN * _PICTURE), drawn
    if operation in _WRITTEN:
        return SECONDS * _SECOND + _PROMPT, _HEARD
    return len(body), len(body) * _SPOKEN if operation is Operation.SPEECH else 0


def _units(per: str, body: bytes, operation: Operation) -> int:
    if per == "image":
        return _images(body)
    if per == "character":
        return len(body)  # it contains the text, and a character is at least a byte
    if per == "second" and operation is not Operation.SPEECH:
        return SECONDS
    return _searches(body) if per == "search" else 1


def _searches(body: bytes) -> int:
    """The most searches of a reranking call; each piece of a long document, with the query, counts as one.

    https://docs.cohere.com/docs/rerank-overview#queries-and-documents
    """
    try:
        asked = msgspec.json.decode(body, type=_Ranked)
    except msgspec.MsgspecError:
        return -(-body.count(b",") // _TOGETHER) or 1
    question = len(asked.query)
    pieces = sum(-(-(len(each) + question) // _PIECE) for each in asked.documents)
    return -(-pieces // _TOGETHER) or 1


def _images(body: bytes) -> int:
    if not body:
        return MOST_IMAGES
    count = _read(body).n
    return min(max(ceil(count), 1), MOST_IMAGES) if isinstance(count, int | float) else 1


def _read(body: bytes) -> _Request:
    try:
        return msgspec.json.decode(body, type=_Request)
    except msgspec.MsgspecError:
        return _Request()
