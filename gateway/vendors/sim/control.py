"""The simulator's control paths: models, prices, behaviour, requests, bill and stats."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import msgspec
import orjson

from gateway.vendors.sim.behaviour import ServerBehaviour
from gateway.vendors.sim.bill import Line
from gateway.vendors.sim.errors import ClientLeft, Refused
from gateway.vendors.sim.openai_wire import error_body
from gateway.vendors.sim.prices import MODELS, PRICES, price_of
from gateway.vendors.sim.state import State

BATCH = 1000  # lines of a bill written at a time
MAX_BEHAVIOUR = 1024 * 1024
MAX_OBJECT = 64 * 1024 * 1024
CREATED = 1_735_689_600  # creation time of the models in listings

Send = Callable[[dict[str, Any]], Awaitable[None]]
Query = dict[str, list[str]]
_OBJECTS = re.compile(r"(?:/v1)?/(?:files|batches)\b")
_SERVER = msgspec.json.Decoder(ServerBehaviour)


async def body_of(receive: Any, limit: int) -> bytes:
    """A request's whole body. Raises `Refused` if it is too long, `ClientLeft` if the caller disconnects."""
    message = await receive()
    if message["type"] == "http.request" and not message["more_body"]:
        return bytes(message["body"])
    parts: list[bytes] = []
    size = 0
    while True:
        if message["type"] != "http.request":
            raise ClientLeft
        parts.append(message["body"])
        size += len(message["body"])
        if size > limit:
            raise Refused(413, f"The request's body is longer than {limit} bytes.", code="request_too_large")
        if not message["more_body"]:
            return b"".join(parts)
        message = await receive()


async def serve(state: State, scope: dict[str, Any], receive: Any, send: Send) -> None:
    """Answer a request that is not for an inference endpoint."""
    path, method = scope["path"], scope["method"]
    query = parse_qs(scope["query_string"].decode("latin-1"))
    try:
        if path == "/sim/bill" and method == "GET" and query.get("format") == ["jsonl"]:
            await _bill_lines(state, _number(query, "since", 0), send)
            return
        if path == "/sim/behaviour" and method == "PUT":
            answer = _set_behaviour(state, await body_of(receive, MAX_BEHAVIOUR))
        elif _OBJECTS.match(path):
            body = await body_of(receive, MAX_OBJECT) if method == "POST" else b""
            found = state.objects.answer(method, path, query, body)
            if found is not None:
                await _send(send, 200, found[1], found[0])
                return
            answer = _plain(state, method, path, query)
        else:
            answer = _plain(state, method, path, query)
    except ClientLeft:
        return
    except Refused as refused:
        await _send(send, refused.status, error_body(refused))
        return
    await _send(send, 200, answer)


async def _send(send: Send, status: int, body: bytes, media: bytes = b"application/json") -> None:
    headers = [(b"content-type", media), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _plain(state: State, method: str, path: str, query: Query) -> bytes:
    """The answer of a path that needs no request body. Raises `Refused`."""
    bare = path.removeprefix("/v1")
    if bare == "/models" and method == "GET":
        return orjson.dumps({"object": "list", "data": [_model(name) for name in MODELS]})
    if bare.startswith("/models/") and method == "GET":
        return orjson.dumps(_known_model(bare.removeprefix("/models/")))
    methods = _PATHS.get(path)
    if methods is None:
        raise Refused(404, f"Invalid URL ({method} {path})")
    handler = methods.get(method)
    if handler is None:
        raise Refused(405, f"Not allowed to {method} on {path}; allowed: {', '.join(methods) or 'POST'}.")
    return handler(state, query)


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": CREATED, "owned_by": "signalbox"}


def _known_model(name: str) -> dict[str, Any]:
    if price_of(name) is None:
        raise Refused(
            404,
            f"The model '{name}' does not exist; there are {', '.join(MODELS)} and every name "
            "that begins with sim-.",
            param="model",
            code="model_not_found",
        )
    return _model(name)


def _set_behaviour(state: State, body: bytes) -> bytes:
    try:
        state.director.set(_SERVER.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise Refused(
            400,
            f"This is no behaviour: {problem}. "
            f"Send a JSON object with any of {', '.join(ServerBehaviour.__struct_fields__)}.",
            code="invalid_sim_behaviour",
        ) from None
    return _behaviour(state, {})


def _behaviour(state: State, query: Query) -> bytes:
    return msgspec.json.encode(state.director.server)


def _reset_behaviour(state: State, query: Query) -> bytes:
    state.director.reset()
    return _behaviour(state, query)


def _prices(state: State, query: Query) -> bytes:
    unit = "nano-dollars per million tokens"
    return msgspec.json.encode({"unit": unit, "prices": dict(PRICES)})


def _requests(state: State, query: Query) -> bytes:
    kept = state.requests.last(_number(query, "limit", 100))
    return msgspec.json.encode({"requests": [request.shown() for request in kept]})


def _clear_requests(state: State, query: Query) -> bytes:
    state.requests.clear()
    return b"{}"


def _totals(state: State) -> dict[str, Any]:
    return {**msgspec.structs.asdict(state.bill.totals), "models": state.bill.by_model}


def _bill(state: State, query: Query) -> bytes:
    lines = state.bill.since(_number(query, "since", 0))
    return msgspec.json.encode({"lines": lines, "totals": _totals(state)})


def _clear_bill(state: State, query: Query) -> bytes:
    state.bill.clear()
    return b"{}"


async def _bill_lines(state: State, since: int, send: Send) -> None:
    """Send the bill as lines of JSON, with the totals in the last."""
    lines: list[Line] = state.bill.since(since)
    totals = msgspec.json.encode({"totals": _totals(state)}) + b"\n"
    headers = [(b"content-type", b"application/x-ndjson")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    encoder = msgspec.json.Encoder()
    for start in range(0, len(lines), BATCH):
        body = encoder.encode_lines(lines[start : start + BATCH])
        await send({"type": "http.response.body", "body": body, "more_body": True})
    await send({"type": "http.response.body", "body": totals})


def _stats(state: State, query: Query) -> bytes:
    return msgspec.json.encode(state.stats.shown())


def _clear_stats(state: State, query: Query) -> bytes:
    state.stats.clear()
    return b"{}"


def _number(query: Query, name: str, default: int) -> int:
    text = query.get(name, [str(default)])[0]
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Refused(
            400, f"`{name}` is {text!r}; it must be a whole number.", param=name, code="invalid_value"
        )
    return int(text)


_PATHS: dict[str, dict[str, Callable[[State, Query], bytes]]] = {
    "/sim/prices": {"GET": _prices},
    "/sim/behaviour": {"GET": _behaviour, "PUT": _behaviour, "DELETE": _reset_behaviour},
    "/sim/requests": {"GET": _requests, "DELETE": _clear_requests},
    "/sim/bill": {"GET": _bill, "DELETE": _clear_bill},
    "/sim/stats": {"GET": _stats, "DELETE": _clear_stats},
    **{
        prefix + path: {}
        for prefix in ("", "/v1")
        for path in ("/chat/completions", "/completions", "/embeddings")
    },
}
