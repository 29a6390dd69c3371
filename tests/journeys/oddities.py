"""What vendors have done that no documentation names, and what must come of each."""

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config.kinds import Operation
from tests.journeys.matrix import Must
from tests.journeys.odd_vendor import LAST, LATE, WIRES, End, Step, Wire, answer, chunk, streamed

Script = Callable[[Wire], Sequence[Step]]
_SAID = b'{"error":{"message":"odd: no","type":"invalid_request_error","code":null,"param":null}}'
_PAGE = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
_LIMITED = b'{"error":{"message":"odd: slow down","type":"rate_limit_error"}}'


@dataclass(frozen=True, slots=True)
class Odd:
    """What a vendor does, and what must come of it."""

    name: str
    stream: Script
    whole: Script | None = None  # None: the same as for a stream
    must: Must = "falls back"
    must_whole: Must | None = None

    def script(self, asked: Operation, *, stream: bool) -> Sequence[Step]:
        played = self.stream if stream or self.whole is None else self.whole
        return played(WIRES[asked])


def always(*steps: Step) -> Script:
    return lambda wire: steps


def status(number: int, *headers: str, body: bytes = _SAID, kind: str = "application/json") -> Script:
    return always(answer(number, body, *headers, kind=kind))


def page(body: bytes, kind: str = "application/json") -> Script:
    return always(answer(200, body, kind=kind))


def after_text(*steps: Callable[[Wire], Step] | Step) -> Script:
    """A stream that has said something and then goes on so; there is time between, so that it went out."""

    def script(wire: Wire) -> Sequence[Step]:
        said = [streamed(), chunk(wire.opening + wire.text), 0.3]
        return [*said, *(step(wire) if callable(step) else step for step in steps)]

    return script


def piece(name: str) -> Callable[[Wire], Step]:
    return lambda wire: chunk(getattr(wire, name) or b": \n\n")


def _http_1_0(wire: Wire) -> Sequence[Step]:
    return [
        b"HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n",
        wire.whole[:20],
        0.05,
        wire.whole[20:],
    ]


def _http_1_0_stream(wire: Wire) -> Sequence[Step]:
    return [b"HTTP/1.0 200 OK\r\ncontent-type: text/event-stream\r\n\r\n", wire.stream]


def _drip(text: bytes) -> Script:
    return always(*(step for at in range(len(text)) for step in (text[at : at + 1], LATE)))


def _wrong_size(size: bytes) -> Script:
    return lambda wire: [streamed(), size + b"\r\n" + wire.stream + b"\r\n" + LAST]


_GZIPPED = gzip.compress(_SAID)
ODD = (
    # Heads.
    Odd("a head that drips", _drip(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n")),
    Odd(
        "headers without end",
        always(b"HTTP/1.1 200 OK\r\n", *(f"x-{n}: 1\r\n".encode() for n in range(9000)), End.HANG),
    ),
    Odd("reset amid the head", always(b"HTTP/1.1 200 OK\r\ncontent-ty", 0.05, End.RESET)),
    Odd("closed amid the head", always(b"HTTP/1.1 200 OK\r\ncontent-type: text/ev")),
    Odd("no HTTP", always(b"-ERR unknown command\r\n\r\n")),
    Odd("no HTTP, and nothing more", always(b"\x15\x03\x03\x00\x02\x02\x46", End.HANG)),
    Odd("a status that is none", always(b"HTTP/1.1 abc OK\r\n\r\n")),
    Odd(
        "two lengths",
        lambda wire: [b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 7\r\n\r\n", wire.whole],
    ),
    Odd(
        "a length that is none", lambda wire: [b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n", wire.whole]
    ),
    Odd(
        "another protocol",
        always(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n", End.HANG),
    ),
    # Bodies.
    Odd("a chunk of no size", _wrong_size(b"zz")),
    Odd("a chunk below nothing", _wrong_size(b"-5")),
    Odd("a chunk beyond numbers", _wrong_size(b"f" * 20)),
    Odd(
        "a chunk that is shorter than it says",
        lambda wire: [streamed(), b"ffff\r\n" + wire.opening],
        must="falls back",
    ),
    Odd(
        "a body that is shorter than it says",
        lambda wire: [b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", wire.whole[:-3]],
    ),
    Odd("an empty 200", page(b"")),
    Odd("an empty 200 in chunks", always(streamed(), LAST)),
    Odd("204", always(b"HTTP/1.1 204 No Content\r\n\r\n")),
    Odd("205", always(answer(205))),
    Odd(
        "206",
        lambda wire: [answer(206, wire.stream, kind="text/event-stream")],
        lambda wire: [answer(206, wire.whole)],
    ),
    Odd("a page", page(_PAGE, "text/html")),
    Odd("a page that says it is an answer", page(_PAGE)),
    Odd("a page that says it is a stream", page(_PAGE, "text/event-stream")),
    Odd("white space", page(b" \r\n\r\n ")),
    Odd("null", page(b"null")),
    Odd("a list", page(b"[]")),
    Odd("a text", page(b'"ok"')),
    Odd("an empty object", page(b"{}")),
    Odd("half an object", page(b'{"id":"x","choices":[{"index":0,"mess')),
    Odd("an error in a 200", page(_SAID)),
    Odd("a detail in a 200", page(b'{"detail":"Not authenticated"}')),
    Odd(
        "gzip that nobody asked for, broken",
        lambda wire: [answer(200, b"\x1f\x8bnot really", "content-encoding: gzip")],
    ),
    Odd("brotli that nobody asked for", lambda wire: [answer(200, b"\x0b\x02\x80", "content-encoding: br")]),
    Odd("bytes that are no text", page(b"\xff\xfe\x00{\x00")),
    Odd(
        "an endless comment",
        lambda wire: [streamed(), *([chunk(b": working\n\n"), LATE] * 30)],
        lambda wire: [streamed(kind="application/json"), *([chunk(b" "), LATE] * 30)],
    ),
    Odd(
        "events without content, for ever",
        lambda wire: [streamed(), chunk(wire.opening), *([chunk(b": working\n\n"), LATE] * 30)],
        lambda wire: [streamed(), End.HANG],
    ),
    # Statuses.
    *(Odd(f"status {number}", status(number)) for number in (301, 302, 304, 307, 308, 402, 407, 424, 425)),
    *(
        Odd(f"status {number}", status(number))
        for number in (405, 406, 410, 418, 421, 423, 426, 451, 498, 499)
    ),
    *(
        Odd(f"status {number}, a page", status(number, body=_PAGE, kind="text/html"))
        for number in (403, 404, 413, 418, 429, 500, 501, 502, 503, 504, 505, 507, 511)
    ),
    *(
        Odd(f"status {number}", status(number, body=b"error code: %d" % number, kind="text/plain"))
        for number in (520, 521, 522, 523, 524, 525, 526, 527, 530, 529, 598, 599, 999)
    ),
    # Error bodies.
    Odd("a gzipped error", status(500, "content-encoding: gzip", body=_GZIPPED)),
    Odd("a gzipped refusal", status(400, "content-encoding: gzip", body=_GZIPPED), must="stays"),
    *(
        Odd(f"a {number} whose gzip is broken", status(number, "content-encoding: gzip", body=b"\x1f\x8bno"))
        for number in (401, 429, 503)
    ),
    Odd(
        "a 400 whose gzip is broken", status(400, "content-encoding: gzip", body=b"\x1f\x8bno"), must="stays"
    ),
    Odd("a 400 in brotli", status(400, "content-encoding: br", body=b"\x0b\x02\x80"), must="stays"),
    *(Odd(f"a {number} that is cut", always(answer(number, _SAID * 5)[:-200])) for number in (401, 429, 500)),
    Odd("a 400 that is cut", always(answer(400, _SAID * 5)[:-200]), must="stays"),
    Odd("a 400 that is reset", always(answer(400, _SAID * 5)[:-200], 0.05, End.RESET), must="stays"),
    *(
        Odd(
            f"a {number} whose body never comes",
            always(f"HTTP/1.1 {number} X\r\ncontent-length: 50\r\n\r\n".encode(), End.HANG),
        )
        for number in (429, 503)
    ),
    *(
        Odd(f"a {number} that is none of the caller's business", status(number, body=b""))
        for number in (401, 404, 405, 408, 409)
    ),
    Odd(
        "a 400 whose body never comes",
        always(b"HTTP/1.1 400 X\r\ncontent-length: 50\r\n\r\n", End.HANG),
        must="stays",
    ),
    Odd("a 500 without a body", always(b"HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n")),
    Odd("a 500 that is no text", status(500, body=b"\xff\xfe\x00")),
    # Waits.
    Odd("429 until a date", status(429, "retry-after: Wed, 21 Oct 2099 07:28:00 GMT", body=_LIMITED)),
    Odd("429 for milliseconds", status(429, "retry-after-ms: 1500", body=_LIMITED)),
    Odd("529 for a while", status(529, "retry-after: 2", body=_LIMITED)),
    *(
        Odd(f"429 for {value!r}", status(429, f"retry-after: {value}", body=_LIMITED))
        for value in ("soon", "-5", "9" * 30, "1e9", "", "0")
    ),
    # Streams that are unusual and right.
    Odd("HTTP/1.0", _http_1_0_stream, _http_1_0, must="answers"),
    Odd(
        "told to go on first",
        lambda wire: [
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n",
            streamed(),
            chunk(wire.stream),
            LAST,
        ],
        lambda wire: [b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.05, answer(200, wire.whole)],
        must="answers",
    ),
    *(
        Odd(
            f"an answer as {kind or 'nothing'}",
            lambda wire, kind=kind: [answer(200, wire.stream, kind=kind)],
            lambda wire, kind=kind: [answer(200, wire.whole, kind=kind)],
            must="answers",
        )
        for kind in ("text/plain", "application/octet-stream", "text/html", "")
    ),
    Odd("an answer in one piece", lambda wire: [answer(200, wire.whole)], must="answers"),
    Odd("a stream, whatever was asked", lambda wire: [streamed(), chunk(wire.stream), LAST], must="answers"),
    Odd(
        "a last event without its end",
        lambda wire: [streamed(), chunk(wire.stream.rstrip(b"\n")), LAST],
        must="answers",
    ),
    Odd(
        "more after the last event",
        lambda wire: [streamed(), chunk(wire.stream + b"data: {nothing\n\n"), LAST],
        must="answers",
    ),
    Odd(
        "a coding without a name",
        lambda wire: [answer(200, wire.stream, "content-encoding:", kind="text/event-stream")],
        lambda wire: [answer(200, wire.whole, "content-encoding:")],
        must="answers",
    ),
    Odd(
        "lines that end as on Windows",
        lambda wire: [streamed(), chunk(wire.stream.replace(b"\n", b"\r\n")), LAST],
        lambda wire: [answer(200, wire.whole)],
        must="answers",
    ),
    Odd(
        "a mark of byte order",
        lambda wire: [streamed(), chunk(b"\xef\xbb\xbf" + wire.stream), LAST],
        lambda wire: [answer(200, wire.whole)],
        must="answers",
    ),
    Odd(
        "single bytes",
        lambda wire: [streamed(), *(chunk(wire.stream[at : at + 1]) for at in range(len(wire.stream))), LAST],
        lambda wire: [answer(200, wire.whole)],
        must="answers",
    ),
    Odd(
        "an answer longer than it says",
        lambda wire: [answer(200, wire.stream, kind="text/event-stream") + b"more"],
        lambda wire: [answer(200, wire.whole) + b"more"],
        must="answers",
    ),
    # After content.
    Odd("cut after content", after_text(), must="breaks", must_whole="falls back"),
    Odd("reset after content", after_text(End.RESET), must="breaks", must_whole="falls back"),
    Odd("ended after content", after_text(LAST), must="breaks", must_whole="falls back"),
    Odd("a chunk of no size after content", after_text(b"zz\r\n"), must="breaks", must_whole="falls back"),
    Odd("silent after content", after_text(End.HANG), must="breaks", must_whole="falls back"),
    Odd("an error after content", after_text(piece("error"), LAST), must="breaks", must_whole="falls back"),
    Odd(
        "an error after content, and silence",
        after_text(piece("error"), End.HANG),
        must="breaks",
        must_whole="falls back",
    ),
    Odd(
        "an error after the finish",
        after_text(piece("finish"), 0.1, piece("error"), LAST),
        must="breaks",
        must_whole="falls back",
    ),
    Odd(
        "a page after content",
        after_text(chunk(b"\n\ndata: " + _PAGE + b"\n\n"), LAST),
        must="breaks",
        must_whole="falls back",
    ),
)
