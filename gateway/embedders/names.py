"""Finds names in texts for the `names` guard, with the local sentence model in a thread of its own."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import msgspec

from config.catalog import GuardFacts
from gateway.call import Errand
from gateway.embedders.local import give_way, load_states
from gateway.embedders.naming import Named, Reading, load_weights, names
from gateway.guardrails.consulting import NoAnswer
from gateway.services import Services
from guardrails.guards.names import Answer, Question

log = logging.getLogger("signalbox.guards")

_MOST_KEPT = 4096  # texts: a conversation's turns are repeated in each of its calls
_MOST_WAITING = 64  # questions
_NONE_FOUND = "no names can be found: %s. `signalbox embedder install` fetches their model"

_ENCODE = msgspec.json.Encoder().encode
_READ = msgspec.json.Decoder(Question).decode


class NamesCourier:
    """One per process. Its cache of results outlives reloads, and holds only digests of texts."""

    def __init__(self, services: Callable[[], Services], folder: Path | None) -> None:
        """`folder`: where `signalbox embedder install` puts the model."""
        self._folder = folder or Path(".")
        self._find: Callable[[str], list[Named]] | None = None
        self._kept: OrderedDict[bytes, list[Named]] = OrderedDict()
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="names", initializer=give_way)

    async def ask(self, facts: GuardFacts, question: bytes, errand: Errand) -> bytes:
        """The names in each text. Raises NoAnswer if there is no model, or too many questions wait."""
        if self._waiting >= _MOST_WAITING:
            raise NoAnswer("busy")
        self._waiting += 1
        try:
            asked = _READ(question)
            found = await asyncio.get_running_loop().run_in_executor(self._thread, self._found, asked.texts)
        except (
            Exception
        ) as error:  # whatever the runtime raises, the guard's settings decide what happens to the call
            log.error(_NONE_FOUND, error)
            raise NoAnswer("error") from error
        finally:
            self._waiting -= 1
        return _ENCODE(Answer([[(*each,) for each in of_text] for of_text in found]))

    def prepare(self, facts: GuardFacts) -> None:
        """Load the model in the background, so that no call spends its guard's time budget on that."""
        self._thread.submit(self._prepare)

    async def close(self) -> None:
        """Let the text being read finish, and drop those waiting."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _prepare(self) -> None:
        try:
            self._finder()
        except Exception as error:  # whatever the runtime raises; a call will try again
            log.error(_NONE_FOUND, error, exc_info=True)

    def _finder(self) -> Callable[[str], list[Named]]:
        if self._find is None:
            self._find = load_finder(self._folder)
        return self._find

    def _found(self, texts: Sequence[str]) -> list[list[Named]]:
        """Runs in the thread."""
        return [self._names(text) for text in texts]

    def _names(self, text: str) -> list[Named]:
        digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
        known = self._kept.get(digest)
        if known is not None:
            self._kept.move_to_end(digest)
            return known
        found = self._kept[digest] = self._finder()(text)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return found


def load_finder(folder: Path) -> Callable[[str], list[Named]]:
    """A function that finds the names in a text. Raises OSError, ValueError or ImportError if there is no
    model.
    """
    read: Reading = load_states(folder)
    weights = load_weights()
    return lambda text: list(names(text, read, weights))
