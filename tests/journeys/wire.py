"""HTTP as bytes: requests that no client library would send, and whatever comes back."""

import json
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httptools

from tests.journeys.program import Gateway

CHAT = "/v1/chat/completions"
HELLO: Any = [{"role": "user", "content": "Hello, box."}]
SECONDS = 15.0


@dataclass
class Answer:
    """One response."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    complete: bool = False

    @property
    def error(self) -> dict[str, Any]:
        """The error, which must have OpenAI's shape."""
        said: dict[str, Any] = json.loads(self.body)["error"]
        assert set(said) == {"message", "type", "param", "code"}
        assert isinstance(said["message"], str)
        assert said["message"]
        assert said["type"]
        assert said["code"]
        return said


class _Reader:
    """Collects the responses that a connection brings."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self.answers.append(Answer())

    def on_header(self, name: bytes, value: bytes) -> None:
        self.answers[-1].headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.answers[-1].status = self._parser.get_status_code()

    def on_body(self, data: bytes) -> None:
        self.answers[-1].body += data

    def on_message_complete(self) -> None:
        self.answers[-1].complete = True


def request(
    gateway: Gateway,
    body: bytes,
    *,
    line: str = f"POST {CHAT} HTTP/1.1",
    headers: Mapping[str, str] | None = None,
    framed: bool = True,
) -> bytes:
    """A request with the gateway's key. A header None-like value "" leaves a usual one out."""
    usual = {"host": "box", "authorization": f"Bearer {gateway.key}", "content-type": "application/json"}
    if framed:
        usual["content-length"] = str(len(body))
    lines = [f"{name}: {value}" for name, value in {**usual, **(headers or {})}.items() if value]
    return "\r\n".join([line, *lines, "", ""]).encode("latin-1") + body


def chunked(pieces: Iterable[bytes]) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def call(**fields: Any) -> bytes:
    """The body of a chat."""
    return json.dumps({"model": "echo", "messages": HELLO, **fields}).encode()


def talk(
    gateway: Gateway, *pieces: bytes, answers: int = 1, pause: float = 0.0, half: bool = False
) -> list[Answer]:
    """Send the pieces, and read until so many answers are whole or the connection ends.

    `half` closes our direction after the last piece. A connection that neither answers nor ends is an error.
    """
    reader = _Reader()
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)
            if half:
                connection.shutdown(socket.SHUT_WR)
            while sum(answer.complete for answer in reader.answers) < answers:
                data = connection.recv(65536)
                if not data:
                    break
                reader.feed(data)
        except (ConnectionResetError, BrokenPipeError):
            pass  # broken HTTP may be answered by ending the connection
    return reader.answers


def leave(gateway: Gateway, data: bytes) -> None:
    """Send something, and go without a word."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=SECONDS) as connection:
        connection.sendall(data)
