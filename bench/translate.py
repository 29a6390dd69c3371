"""What a translated streamed event costs, compared with a relayed one, without sockets.

`python -m bench.translate` prints CPU time for every pair of four formats. Each event is fed separately, as
paced streams arrive, and examined as on the request path; best of many rounds, the formats taking turns.
"""

import gc
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import NamedTuple

import orjson

from bench import wire
from config.kinds import Operation
from dialects.dialect import Asked, Reply, StreamReader
from dialects.translating import Outgoing
from gateway.formats import passage

MOST = 12.0  # our own goal: CPU microseconds that translating may add to an event
ROUNDS = 60
CHUNKS = 200
_TEXT = " signal"
_MODEL = "fast"


class Cost(NamedTuple):
    """CPU microseconds of one event: the best round's and the median round's."""

    best: float
    usual: float


def streams(chunks: int = CHUNKS) -> dict[Operation, list[bytes]]:
    """The same answer in each format, with the same number of text pieces."""
    return {
        Operation.CHAT: wire.events(chunks, usage=True),
        Operation.MESSAGES: wire.messages_events(chunks),
        Operation.GENERATE_CONTENT: _contents(chunks),
        Operation.RESPONSES: _responses(chunks),
    }


def _contents(chunks: int) -> list[bytes]:
    """Each chunk reports the usage so far."""
    details = [{"modality": "TEXT", "tokenCount": 212}]

    def chunk(number: int, text: str, more: Mapping[str, object]) -> bytes:
        candidate = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0, **more}
        counts = {"promptTokenCount": 212, "candidatesTokenCount": number, "totalTokenCount": 212 + number}
        usage = counts | {"promptTokensDetails": details}
        named = {"usageMetadata": usage, "modelVersion": _MODEL, "responseId": "r9Qe"}
        return b"data: " + orjson.dumps({"candidates": [candidate], **named}) + b"\n\n"

    said = [chunk(number + 1, _TEXT, {}) for number in range(chunks)]
    return [*said, chunk(chunks, "", {"finishReason": "STOP"})]


def _responses(chunks: int) -> list[bytes]:
    said = _TEXT * chunks
    part = {"type": "output_text", "text": said, "annotations": [], "logprobs": []}
    item = {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [part]}
    usage = {"input_tokens": 212, "output_tokens": 50, "total_tokens": 262}
    whole = {"id": "resp_1", "object": "response", "created_at": 1, "model": _MODEL, "error": None}
    at = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    delta = {"delta": _TEXT, "logprobs": [], "obfuscation": "2xTq9"}
    events: list[tuple[str, dict[str, object]]] = [
        ("created", {"response": {**whole, "status": "in_progress", "output": []}}),
        ("output_item.added", {"output_index": 0, "item": {**item, "content": []}}),
        ("content_part.added", {**at, "part": {**part, "text": ""}}),
        *[("output_text.delta", {**at, **delta})] * chunks,
        ("output_text.done", {**at, "text": said, "logprobs": []}),
        ("content_part.done", {**at, "part": part}),
        ("output_item.done", {"output_index": 0, "item": item}),
        ("completed", {"response": {**whole, "status": "completed", "output": [item], "usage": usage}}),
    ]
    named = ({"type": f"response.{kind}", **members} for kind, members in events)
    return [
        b"event: %b\ndata: %b\n\n"
        % (str(event["type"]).encode(), orjson.dumps({**event, "sequence_number": number}))
        for number, event in enumerate(named)
    ]


def reader(caller: Operation, vendor: Operation) -> StreamReader:
    """The reader through which a vendor's streamed answer passes on its way to the caller."""
    asked = Asked(_MODEL, stream=True, include_usage=True)
    return passage(caller, vendor).reader(asked, Outgoing(b""), _reply)


def _reply() -> Reply:
    return Reply("req_1", 1_760_000_000, _MODEL)


def passed(through: StreamReader, events: Sequence[bytes]) -> bytes:
    """What the caller gets; each event is examined as in `gateway.attempts.attempt`."""
    out: list[bytes] = []
    for event in events:
        if through.done:
            break
        out.append(through.feed(event))
        if through.complete:
            pass
        if through.error is not None:
            break
    if not through.done:
        out.append(through.end())
    return b"".join(out)


def measured(
    answers: Mapping[Operation, Sequence[bytes]], rounds: int = ROUNDS
) -> dict[tuple[Operation, Operation], Cost]:
    """An event's cost by caller and vendor format; the pairs take turns in every round."""
    pairs = [(caller, vendor) for caller in answers for vendor in answers]
    taken: dict[tuple[Operation, Operation], list[float]] = {pair: [] for pair in pairs}
    gc.collect()
    gc.freeze()
    try:
        for _ in range(rounds):
            for caller, vendor in pairs:
                taken[caller, vendor].append(_micros(caller, vendor, answers[vendor]))
    finally:
        gc.unfreeze()
    return {pair: Cost(min(each), median(each)) for pair, each in taken.items()}


def _micros(caller: Operation, vendor: Operation, events: Sequence[bytes]) -> float:
    through = reader(caller, vendor)
    began = time.thread_time_ns()
    passed(through, events)
    taken = (time.thread_time_ns() - began) / 1000
    if through.error is not None or not through.finished:
        raise ValueError(f"{vendor.value} to {caller.value}: the stream did not come to its end")
    return taken / len(events)


def report(found: Mapping[tuple[Operation, Operation], Cost], say: Callable[[str], object]) -> None:
    """Prints a line for each pair: its event, the caller's relayed one, and the difference."""
    for (caller, vendor), cost in found.items():
        relayed = found[caller, caller]
        what = f"{vendor.value} -> {caller.value}"
        if caller is vendor:
            say(f"{what:40} {cost.best:6.2f} µs (usual {cost.usual:.2f}), relayed\n")
        else:
            more, usual = cost.best - relayed.best, cost.usual - relayed.usual
            verdict = "within" if more <= MOST else "above"
            say(
                f"{what:40} {cost.best:6.2f} µs (usual {cost.usual:.2f}): "
                f"{more:+.2f} (usual {usual:+.2f}); {verdict} {MOST:g}\n"
            )


def main() -> None:
    """Measures all pairs."""
    report(measured(streams()), sys.stdout.write)


if __name__ == "__main__":
    main()
