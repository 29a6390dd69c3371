"""The local sentence model, in a thread of its own so that no other call waits for it."""

import asyncio
import importlib
import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from gateway.embedders.embedder import Array, Look
from gateway.errors import Header
from ledger.principal import Principal

log = logging.getLogger("signalbox.cache")

MODEL, WORDS = "model.onnx", "tokenizer.json"
MOST_TOKENS = 256
_ENDING = " \t\r\n.?!"  # left out: with and without a last sign a short text is some .08 apart from itself
_NICENESS = 10  # of 19; a ninth of a processor beside one that wants it whole
_MOST_THREADS = 4  # that read one text: it is short, and more wait for one another
_MOST_WAITING = 96  # texts, a third of which nobody waits for; who comes above that goes on without a vector

Run = Callable[[str], Array]


class LocalEmbedder:
    """Loaded when the first text comes; one text is read at a time."""

    def __init__(self, folder: Path, load: Callable[[Path], Run]) -> None:
        """`load` gives what turns a text into a vector; it is called in the thread, like what it gives."""
        self._folder = folder
        self._load = load
        self._run: Run | None = None
        self._waiting = 0
        self._failed = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="embedder", initializer=give_way)

    async def embed(
        self,
        text: str,
        principal: Principal | None = None,
        then: Look | None = None,
        bound: Sequence[Header] = (),
    ) -> Array | None:
        """The vector, at nobody's cost; None where the model is not installed, or too many texts wait."""
        if self._failed or self._waiting >= _MOST_WAITING:
            return None
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, self._embed, text, then)
        except Exception as error:  # whatever the runtime raises, calls go on without vectors
            self._failed = self._run is None
            log.error(
                "the local embedder does not answer, and nothing is found by meaning: %s. "
                "`signalbox embedder install` fetches its model",
                error,
                exc_info=True,
            )
            return None
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """Wait for the text that is being read, not for those that wait."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _embed(self, text: str, then: Look | None) -> Array:
        if self._run is None:
            self._run = self._load(self._folder)
        vector = self._run(text)
        if then is not None:
            then(vector)
        return vector


def give_way() -> None:
    """Let all others have the processor before this thread, where the system has that: Linux.

    Between equals the loop waits for its turn, milliseconds, when it wakes up where a text is being read.
    """
    if sys.platform == "linux":  # elsewhere niceness is a whole process's, and a thread's id may be another's
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def threads() -> int:
    """How many read one text together: a processor is left to the loop. They have the niceness of the thread
    that makes them. One where they would not give way: two would take the loop its core.
    """
    return max(1, min(_MOST_THREADS, len(os.sched_getaffinity(0)) - 1)) if sys.platform == "linux" else 1


def load_model(folder: Path) -> Run:
    """The model that `signalbox embedder install` put there. Raises OSError, ValueError or ImportError."""
    words, session = _opened(folder)

    def run(text: str) -> Array:
        found: Array = session.run(["vector"], _fed(words.encode(text.rstrip(_ENDING) or text).ids))[0][0]
        return found

    return run


def load_states(folder: Path) -> Callable[[str], tuple[Array, list[tuple[int, int]]]]:
    """The same model, asked what it makes of each token: a row each, and where each stands in the text."""
    words, session = _opened(folder)
    if "states" not in [each.name for each in session.get_outputs()]:
        raise ValueError("the model in the state directory is of an earlier version")

    def read(text: str) -> tuple[Array, list[tuple[int, int]]]:
        found = words.encode(text)
        states: Array = session.run(["states"], _fed(found.ids))[0][0]
        said = [number for number, special in enumerate(found.special_tokens_mask) if not special]
        return states[said], [found.offsets[number] for number in said]

    return read


def _opened(folder: Path) -> tuple[Any, Any]:
    runtime: Any = importlib.import_module("onnxruntime")
    words: Any = importlib.import_module("tokenizers").Tokenizer.from_str((folder / WORDS).read_text())
    words.no_padding()
    words.enable_truncation(MOST_TOKENS)
    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads(), 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return words, runtime.InferenceSession(str(folder / MODEL), options, providers=["CPUExecutionProvider"])


def _fed(tokens: Sequence[int]) -> dict[str, Array]:
    ids = np.array([tokens], dtype=np.int64)
    return {"ids": ids, "mask": np.ones(ids.shape, dtype=np.int32)}
