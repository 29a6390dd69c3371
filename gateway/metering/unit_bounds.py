"""How much a call that is billed in units may come to: pictures, characters, seconds, searches."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import msgspec

from config.kinds import Operation
from ledger.money import MILLION
from ledger.price import Price

MOST_IMAGES = 10  # of one call: https://platform.openai.com/docs/api-reference/images/create#images-create-n
SECONDS = 600  # held for a recording, of whose length nothing is known before the vendor has heard it


class _Request(msgspec.Struct):
    n: Any = 1


def cost_bound(body: bytes, operation: Operation, prices: Sequence[Price]) -> int:
    """Nano-dollars of the dearest of these prices. `body` is empty where it is a form, or not read yet."""
    dearest = 0
    for price in prices:
        if price.amount or price.base.call:
            units = _units(price.per, body, operation) if price.amount else 0
            each = -(-price.base.call // MILLION)
            dearest = max(dearest, each - (-units * price.amount // price.every))
    return dearest


def _units(per: str, body: bytes, operation: Operation) -> int:
    if per == "image":
        return _images(body)
    if per == "character":
        return len(body)  # the text is inside, and no character is less than a byte
    if per == "second" and operation is not Operation.SPEECH:
        return SECONDS
    return 1


def _images(body: bytes) -> int:
    if not body:
        return MOST_IMAGES
    try:
        count = msgspec.json.decode(body, type=_Request).n
    except msgspec.MsgspecError:
        return 1
    return min(max(ceil(count), 1), MOST_IMAGES) if isinstance(count, int | float) else 1
