"""The most a relayed call may cost: in images, characters, seconds, searches and tokens."""

from collections.abc import Sequence
from math import ceil
from types import MappingProxyType
from typing import Any

import msgspec

from config.kinds import Operation
from ledger.price import Price

MOST_IMAGES = 10  # of one call: https://platform.openai.com/docs/api-reference/images/create#images-create-n
SECONDS = 600  # held for a recording, of whose length nothing is known before the vendor has heard it
# Tokens of one picture: the largest that any maker draws, by how sharp it is to be.
# https://platform.openai.com/docs/guides/image-generation#cost-and-latency
_PICTURE = 13_000
_PICTURES = MappingProxyType({"low": 1_000, "medium": 4_000})
_PREVIEW, _PREVIEWS = 100, 3  # tokens of one that is shown while it is drawn, and how many there may be
_SHOWN = 16  # pictures that one may be drawn after
_PROMPT = 32_000  # tokens of what is said beside them: no more letters are taken
_SECOND = 17  # tokens that are heard: a dollar's worth of OpenAI's minutes beside one of its tokens
_HEARD = 2_000  # tokens of what was said in a recording: the longest answer of what writes it down
_SPOKEN = 8  # tokens of a letter: the slowest speech
_TOGETHER = 100  # documents of one search
_PIECE = 500  # tokens of a document that counts as one; no token is less than a byte
_DRAWN = frozenset([Operation.IMAGES, Operation.IMAGE_EDITS, Operation.IMAGE_VARIATIONS])
_WRITTEN = frozenset([Operation.TRANSCRIPTIONS, Operation.TRANSLATIONS])


class _Request(msgspec.Struct):
    n: Any = 1
    quality: Any = None


class _Ranked(msgspec.Struct):
    query: msgspec.Raw = msgspec.Raw()
    documents: list[msgspec.Raw] = []


def cost_bound(body: bytes, operation: Operation, prices: Sequence[Price]) -> int:
    """Nano-dollars of the dearest of these prices. `body` is empty where it is a form, or not read yet."""
    tokens = _tokens(body, operation)
    return max((_bound(price, body, operation, tokens) for price in prices), default=0)


def _bound(price: Price, body: bytes, operation: Operation, tokens: tuple[int, int]) -> int:
    units = _units(price.per, body, operation) if price.amount else 0
    return price.ceiling(*tokens) - (-units * price.amount // price.every)


def _tokens(body: bytes, operation: Operation) -> tuple[int, int]:
    """Of the request and of its answer, at most."""
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
        return len(body)  # the text is inside, and no character is less than a byte
    if per == "second" and operation is not Operation.SPEECH:
        return SECONDS
    return _searches(body) if per == "search" else 1


def _searches(body: bytes) -> int:
    """Of documents that are put in an order; each piece of a long one is one, with the question before it.

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
