"""One answer in both forms of its format: whether each says all that the other does."""

import json
from collections.abc import Callable
from typing import Any, cast

from config.kinds import Operation
from dialects.dialect import Dialect, Reply
from dialects.retelling import Told, read, said_again
from gateway.formats import SPOKEN

REPLY = Reply("req_1", 1_790_000_000, "m")


def again(operation: Operation, body: bytes, *, stream: bool) -> bytes:
    """The answer in the form that it is not in."""
    speaker = cast(Dialect, SPOKEN[operation])
    told = Told(body, not stream, speaker)
    return said_again(told, read(told), speaker, REPLY, stream=stream)


def are_one_answer(
    operation: Operation, whole: dict[str, Any], stream: bytes, order: Callable[[bytes], object] = len
) -> None:
    """Assert that each is said again as the other, with every member; `order` checks the stream so made."""
    assert json.loads(again(operation, stream, stream=False)) == whole
    made = again(operation, json.dumps(whole).encode(), stream=True)
    order(made)
    assert json.loads(again(operation, made, stream=False)) == whole


def sse(*events: dict[str, Any], named: bool = False) -> bytes:
    names = [b"event: %b\n" % event["type"].encode() if named else b"" for event in events]
    return b"".join(
        b"%bdata: %b\n\n" % (name, json.dumps(event).encode())
        for name, event in zip(names, events, strict=True)
    )


def token(text: str) -> dict[str, Any]:
    return {"token": text, "logprob": -0.5, "bytes": list(text.encode()), "top_logprobs": []}
