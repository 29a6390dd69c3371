"""Tools in a server of their own, that counts what it did: a key it knows again has its effect once."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Tools:
    """`calls` and `effects` by path; `before` and `after` are run around each effect."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.effects: Counter[str] = Counter()
        self.done: dict[str, str] = {}
        self.before: Callable[[str], None] = lambda path: None
        self.after: Callable[[str], None] = lambda path: None
        self.lock = threading.Lock()
        self.url = ""

    def status(self, path: str) -> int:
        """Of each answer."""
        return 200

    def answer(self, path: str, key: str, body: str) -> str:
        with self.lock:
            self.calls[path] += 1
        self.before(path)
        with self.lock:
            if path != "/keyed" or key not in self.done:
                self.effects[path] += 1
            self.done[key] = path
        self.after(path)
        return json.dumps({"path": path, "status": "done", "said": body})


@contextmanager
def tool_server(tools: Tools | None = None) -> Iterator[Tools]:
    tools = tools or Tools()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            said = tools.answer(self.path, self.headers.get("idempotency-key", ""), body).encode()
            self.send_response(tools.status(self.path))
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST

        def log_message(self, *args: object) -> None:
            """Nothing is printed."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Callers that are killed are no error of ours."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    tools.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield tools
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
