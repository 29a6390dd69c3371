"""A service that guards ask, on a real socket: it answers, is slow, crashes or lies, as a test wants."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.serving import serving


class Service:
    """`answer` makes the body from the question; `requests` is what came: headers and body."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.delay = 0.0
        self.crashes = False
        self.headers: dict[str, str] = {}
        self.answer: Callable[[Any], object] = lambda question: {"findings": []}

    def said(self, body: bytes) -> bytes:
        said = self.answer(json.loads(body))
        return said if isinstance(said, bytes) else json.dumps(said).encode()


@contextmanager
def guard_service() -> Iterator[Service]:
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            service.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
            time.sleep(service.delay)
            if service.crashes:
                self.close_connection = True
                return
            said = service.said(body)
            try:
                self.send_response(service.status)
                for name, value in service.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)
            except OSError:
                self.close_connection = True  # who asked did not wait

        def log_message(self, *args: object) -> None:
            """Nothing is printed."""

    with serving(Handler) as address:
        service.url = f"{address}/check"
        yield service
