"""The local sentence model, run in a thread of its own so that other calls do not wait for it."""

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
_ENDING = " \t\r\n.?!"  # stripped: a last sign moves the vector of a short text by some .08
_NICENESS = 10  # of 19; a ninth of a core next to a thread that wants it all
_MOST_THREADS = 4  # for one text: with more, they mostly wait for one another
_MOST_WAITING = 96  # texts, a third of them for background lookups; beyond that there is no vector

Run = Callable[[str], Array]


class LocalEmbedder:
    """An `Embedder` with a local model, loaded at the first text; it reads one text at a time."""

    def __init__(self, folder: Path, load: Callable[[Path], Run]) -> None:
        """`load` returns the function that embeds a text; both are called in the thread."""
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
        """The unit vector, free of cost; None if there is no model, it fails, or too many texts wait."""
        if self._failed or self._waiting >= _MOST_WAITING:
            return None
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, self._embed, text, then)
        except Exception as error:  # whatever the runtime raises, calls continue without vectors
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
        """Let the text being read finish, and drop those waiting."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _embed(self, text: str, then: Look | None) -> Array:
        if self._run is None:
            self._run = self._load(self._folder)
        vector = self._run(text)
        if then is not None:
            then(vector)
        return vector


def give_way() -> None:
    """Lower this thread's priority, on Linux.

    At equal priority the loop would wait milliseconds for a core on which a text is being read.
    """
    if sys.platform == "linux":  # elsewhere niceness is per process, and the id may be another process's
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def threads() -> int:
    """The number of threads per text, which inherit the niceness of the thread that creates them. One core is
    left to the loop. 1 if niceness is not per thread: two threads would compete with the loop.
    """
    return max(1, min(_MOST_THREADS, len(os.sched_getaffinity(0)) - 1)) if sys.platform == "linux" else 1


def load_model(folder: Path) -> Run:
    """A function that embeds a text, with the model that `signalbox embedder install` put into the folder.

    Raises OSError, ValueError or ImportError.
    """
    words, session = _opened(folder)

    def run(text: str) -> Array:
        found: Array = session.run(["vector"], _fed(words.encode(text.rstrip(_ENDING) or text).ids))[0][0]
        return found

    return run


def load_states(folder: Path) -> Callable[[str], tuple[Array, list[tuple[int, int]]]]:
    """A function that returns each token's embedding, a row each, and the tokens' places in the text.

    Raises OSError, ValueError or ImportError.
    """
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
