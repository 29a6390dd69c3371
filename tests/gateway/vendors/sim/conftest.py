"""A simulator on a real socket, in a thread with a loop of its own, made new in memory for each test."""

import asyncio
import json
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvloop

from gateway.vendors.sim.server import Address, EmbeddedSimulator

SAID = "Tell me about signal boxes."


@dataclass(frozen=True)
class Heard:
    """What a raw socket received, and how the connection ended: "fin", "reset", or "open" after waiting."""

    data: bytes
    ending: str

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]

    @property
    def content(self) -> str:
        """The text in the events that came whole."""
        text = ""
        for line in self.data.split(b"\n"):
            if line.startswith(b"data: {") and line.endswith(b"}"):
                for choice in json.loads(line[6:]).get("choices", ()):
                    text += choice["delta"].get("content") or ""
        return text


def whole(data: bytes) -> bool:
    """Whether as many bytes of the body are there as the head says."""
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return length is not None and len(body) == int(length[1])


class Sim:
    """A running simulator as its tests see it: over HTTP and over bare sockets."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.root = base_url.removesuffix("/v1")
        self.host, _, port = self.root.removeprefix("http://").rpartition(":")
        self.port = int(port)
        self.http = httpx.Client(base_url=self.root, timeout=10)

    def reset(self) -> None:
        for path in ("behaviour", "requests", "bill", "stats"):
            assert self.http.delete(f"/sim/{path}").status_code == 200

    def get(self, path: str) -> Any:
        return self.http.get(path).json()

    def lines(self) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = self.get("/sim/bill")["lines"]
        return lines

    def request(self, model: str = "small", *, stream: bool = False, **more: Any) -> dict[str, Any]:
        body: dict[str, Any] = {"model": model, "messages": [{"role": "user", "content": SAID}], **more}
        if stream:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        return body

    def chat(self, model: str = "small", **more: Any) -> httpx.Response:
        headers = more.pop("headers", None)
        return self.http.post("/v1/chat/completions", json=self.request(model, **more), headers=headers)

    def connect(self, body: dict[str, Any], path: str = "/v1/chat/completions") -> socket.socket:
        """Send a request on a new connection, whose answer is still to be read."""
        connection = socket.create_connection((self.host, self.port), timeout=5)
        data = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nhost: sim\r\ncontent-length: {len(data)}\r\n\r\n"
        connection.sendall(head.encode() + data)
        return connection

    def raw(self, body: dict[str, Any], path: str = "/v1/chat/completions", wait: float = 5) -> Heard:
        """Send a request and hear until the connection ends, the answer is complete, or `wait` is over."""
        data = b""
        with self.connect(body, path) as connection:
            connection.settimeout(wait)
            try:
                while received := connection.recv(65536):
                    data += received
                    if data.endswith(b"0\r\n\r\n") or whole(data):
                        return Heard(data, "complete")
            except ConnectionResetError:
                return Heard(data, "reset")
            except TimeoutError:
                return Heard(data, "open")
        return Heard(data, "fin")


@pytest.fixture(scope="session")
def served() -> Iterator[Sim]:
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    simulator = EmbeddedSimulator(Address(seed=7))
    sim = Sim(asyncio.run_coroutine_threadsafe(simulator.start(), loop).result(10))
    yield sim
    sim.http.close()
    asyncio.run_coroutine_threadsafe(simulator.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def sim(served: Sim) -> Sim:
    served.reset()
    return served
