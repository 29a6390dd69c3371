"""A vendor that answers with the bytes it is told, at the pace it is told, and breaks off as it is told."""

import asyncio
import json
import socket
import struct
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType, TracebackType
from typing import Any

from config.kinds import Operation

TEXT = "The night train"
LATE = 0.25  # seconds between two drops of what drips


class End(Enum):
    """How a connection ends; without one it ends as a server's does that has said all."""

    RESET = "reset"
    HANG = "hang"  # nothing more comes, until the other side gives up


# Bytes to write, seconds to wait, or an end.
Step = bytes | float | End


@dataclass(frozen=True, slots=True)
class Wire:
    """One format's answer of a few words, whole and in pieces."""

    whole: bytes
    opening: bytes
    text: bytes
    finish: bytes  # the end without what follows `usage`
    usage: bytes
    done: bytes
    error: bytes

    @property
    def stream(self) -> bytes:
        """A stream that ends well."""
        return self.opening + self.text + self.finish + self.usage + self.done


def _sse(value: Any, *, named: bool = False) -> bytes:
    name = b"event: %b\n" % value["type"].encode() if named else b""
    return name + b"data: " + json.dumps(value).encode() + b"\n\n"


def _chunk(delta: Any, finish: str | None = None) -> Any:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


_TOLD = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}
_OVERLOADED = {"type": "overloaded_error", "message": "odd: overloaded"}
_CHAT = Wire(
    json.dumps(
        {
            **{"id": "c", "object": "chat.completion", "created": 1, "model": "m", "usage": _TOLD},
            "choices": [
                {
                    **{"index": 0, "finish_reason": "stop"},
                    "message": {"role": "assistant", "content": TEXT},
                }
            ],
        }
    ).encode(),
    _sse(_chunk({"role": "assistant", "content": ""})),
    _sse(_chunk({"content": TEXT})),
    _sse(_chunk({}, "stop")),
    _sse({**_chunk({}), "choices": [], "usage": _TOLD}),
    b"data: [DONE]\n\n",
    _sse({"error": {"message": "odd: overloaded", "type": "server_error", "code": "overloaded"}}),
)
_MESSAGE = {
    **{"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_sequence": None},
    **{"content": [], "stop_reason": None, "usage": {"input_tokens": 9, "output_tokens": 1}},
}
_MESSAGES = Wire(
    json.dumps(
        {
            **_MESSAGE,
            "content": [{"type": "text", "text": TEXT}],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": 9, "output_tokens": 4},
        }
    ).encode(),
    _sse({"type": "message_start", "message": _MESSAGE}, named=True)
    + _sse(
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}, named=True
    ),
    _sse(
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": TEXT}}, named=True
    ),
    _sse({"type": "content_block_stop", "index": 0}, named=True),
    _sse(
        {
            **{"type": "message_delta", "usage": {"output_tokens": 4}},
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        },
        named=True,
    ),
    _sse({"type": "message_stop"}, named=True),
    _sse({"type": "error", "error": _OVERLOADED}, named=True),
)
_ITEM = {"type": "message", "id": "i", "role": "assistant"}
_PART = {"type": "output_text", "text": TEXT, "annotations": []}
_SPOKEN = {**_ITEM, "status": "completed", "content": [_PART]}
_RESPONSE = {
    **{"id": "resp_1", "object": "response", "created_at": 1, "model": "m", "error": None, "tools": []},
    **{"output": [], "status": "in_progress", "incomplete_details": None},
}
_COMPLETED = {
    **_RESPONSE,
    **{"status": "completed", "output": [_SPOKEN]},
    "usage": {
        **{"input_tokens": 9, "output_tokens": 4, "total_tokens": 13},
        **{"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}},
    },
}
_AT = {"item_id": "i", "output_index": 0, "content_index": 0}
_RESPONSES = Wire(
    json.dumps(_COMPLETED).encode(),
    _sse({"type": "response.created", "sequence_number": 0, "response": _RESPONSE}, named=True)
    + _sse(
        {
            **{"type": "response.output_item.added", "sequence_number": 1, "output_index": 0},
            "item": {**_ITEM, "status": "in_progress", "content": []},
        },
        named=True,
    )
    + _sse(
        {
            **{"type": "response.content_part.added", "sequence_number": 2, **_AT},
            "part": {**_PART, "text": ""},
        },
        named=True,
    ),
    _sse(
        {"type": "response.output_text.delta", "sequence_number": 3, "delta": TEXT, "logprobs": [], **_AT},
        named=True,
    ),
    _sse(
        {"type": "response.output_text.done", "sequence_number": 4, "text": TEXT, "logprobs": [], **_AT},
        named=True,
    )
    + _sse({"type": "response.content_part.done", "sequence_number": 5, "part": _PART, **_AT}, named=True)
    + _sse(
        {"type": "response.output_item.done", "sequence_number": 6, "output_index": 0, "item": _SPOKEN},
        named=True,
    ),
    b"",
    _sse({"type": "response.completed", "sequence_number": 7, "response": _COMPLETED}, named=True),
    _sse(
        {
            "type": "error",
            "sequence_number": 9,
            "code": "overloaded",
            "message": "odd: overloaded",
            "param": None,
        },
        named=True,
    ),
)
WIRES: Mapping[Operation, Wire] = MappingProxyType(
    {Operation.CHAT: _CHAT, Operation.MESSAGES: _MESSAGES, Operation.RESPONSES: _RESPONSES}
)


def answer(status: int, body: bytes = b"", *headers: str, kind: str = "application/json") -> bytes:
    """A whole response."""
    lines = [f"HTTP/1.1 {status} Odd", f"content-length: {len(body)}", *headers]
    return "\r\n".join([*lines, *([f"content-type: {kind}"] if kind else []), "", ""]).encode() + body


def streamed(*headers: str, kind: str = "text/event-stream") -> bytes:
    """The head of a response in chunks."""
    lines = ["HTTP/1.1 200 Odd", "transfer-encoding: chunked", f"content-type: {kind}", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


LAST = b"0\r\n\r\n"


def well(wire: Wire, *, stream: bool) -> Sequence[Step]:
    """As it should be."""
    return [streamed(), chunk(wire.stream), LAST] if stream else [answer(200, wire.whole)]


class OddVendor:
    """Serves `/NAME/…` by the script of that name, in a thread of its own."""

    def __init__(self, scripts: Mapping[str, Sequence[Step] | Wire]) -> None:
        self._scripts = scripts
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self.port = 0
        self.asked: list[tuple[str, bytes]] = []  # the script's name, and the body

    def __enter__(self) -> "OddVendor":
        self._thread.start()
        self._server = server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1000), self._loop
        ).result(10)
        self.port = server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async def cancelled() -> None:
            assert self._server is not None
            self._server.close()
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(cancelled(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            name = head.split("/", 2)[1]
            length = next(
                int(line.split(":")[1])
                for line in head.splitlines()
                if line.lower().startswith("content-length:")
            )
            body = await reader.readexactly(length)
            self.asked.append((name, body))
            script = self._scripts[name]
            if isinstance(script, Wire):
                script = well(script, stream=b'"stream":true' in body.replace(b" ", b""))
            await self._play(script, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the other side has had enough
        finally:
            writer.close()

    async def _play(self, script: Iterable[Step], writer: asyncio.StreamWriter) -> None:
        for step in script:
            if isinstance(step, bytes):
                writer.write(step)
                await writer.drain()
            elif isinstance(step, End):
                if step is End.RESET:
                    told: socket.socket = writer.get_extra_info("socket")
                    told.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    writer.transport.abort()
                    return
                await asyncio.sleep(60)
            else:
                await asyncio.sleep(step)
