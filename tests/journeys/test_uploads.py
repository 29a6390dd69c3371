"""A large upload passes through the gateway without lying in its memory, in both of the ways it may take."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.journeys.program import Gateway, show

SIZE = 100 * 1024 * 1024
PIECE = b"\1" * (256 * 1024)
MOST_GROWTH = 24 * 1024 * 1024
ANSWER = b'{"text": "heard", "usage": {"type": "duration", "seconds": 60}}'
MODEL = b'--b\r\ncontent-disposition: form-data; name="model"\r\n\r\n%b\r\n'
FILE = b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'

CONFIGURATION = """\
vendors:
  far: {{ kind: openai-like, base_url: "{url}" }}
models:
  "far/*": {{ passthrough: far }}
"""


class Sink(socketserver.StreamRequestHandler):
    """Takes a chunked request to its end, keeps none of it, answers how it was."""

    taken = 0

    def handle(self) -> None:
        while self.rfile.readline().strip():
            pass
        while size := int(self.rfile.readline(), 16):
            Sink.taken += len(self.rfile.read(size))
            self.rfile.read(2)
        self.rfile.readline()
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        self.wfile.write(head % len(ANSWER) + ANSWER)


@pytest.fixture
def vendor() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Sink) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()
        serving.join()


@pytest.mark.parametrize("model_first", [True, False], ids=["flowing", "kept"])
def test_an_upload_does_not_lie_in_memory(
    make_gateway: Callable[[str], Gateway], vendor: str, model_first: bool
) -> None:
    gateway = make_gateway(CONFIGURATION.format(url=vendor))

    def form() -> Iterator[bytes]:
        yield MODEL % b"far/m" if model_first else b""
        yield FILE
        for _ in range(SIZE // len(PIECE)):
            yield PIECE
        yield b"\r\n" + (b"" if model_first else MODEL % b"far/m") + b"--b--\r\n"

    url, headers = f"{gateway.base_url}/audio/transcriptions", {"authorization": f"Bearer {gateway.key}"}
    headers["content-type"] = "multipart/form-data; boundary=b"
    small = [MODEL % b"far/m", FILE, b"\r\n--b--\r\n"]
    httpx.post(url, content=b"".join(small), headers=headers).raise_for_status()
    Path(f"/proc/{gateway.pid}/clear_refs").write_text("5")  # the most it had is what it has now
    before, Sink.taken = gateway.memory(), 0
    answer = httpx.post(url, content=form(), headers=headers, timeout=90)
    assert answer.content == ANSWER
    assert Sink.taken > SIZE
    status = Path(f"/proc/{gateway.pid}/status").read_text()
    most = int(status.partition("VmHWM:")[2].split()[0]) * 1024
    show(f"an upload of {SIZE >> 20} MB: {before >> 20} MB at rest, at most {most >> 20} MB while it passed")
    assert most - before < MOST_GROWTH
