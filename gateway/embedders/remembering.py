"""Caches recent vectors, so that none is computed twice."""

from collections.abc import Callable, Sequence

from gateway.embedders.embedder import Array, Embedder, Look
from gateway.errors import Header
from ledger.principal import Principal

_MOST = 4096


class Remembering:
    """All embedders by name, each opened at its first use, with a cache of their vectors."""

    def __init__(self, embedders: Callable[[str], Embedder]) -> None:
        self._embedders = embedders
        self._opened: dict[str, Embedder] = {}
        self._known: dict[tuple[str, str], Array] = {}
        self._widths: dict[str, int] = {}

    async def vector(
        self, name: str, text: str, who: Principal, bound: Sequence[Header], look: Look | None = None
    ) -> Array | None:
        """The text's unit vector; None if there is none. `look` is an embedder's `then`: it may not be
        called.
        """
        known = self._known  # so that a vector requested before `forget` is not remembered after it
        if (found := known.get((name, text))) is not None:
            return found
        embedder = self._opened.get(name)
        if embedder is None:
            embedder = self._opened[name] = self._embedders(name)
        vector = await embedder.embed(text, who, look, bound)
        if vector is None:
            return None
        if self._widths.get(name) != len(vector):  # the name stands for another model now
            self._widths[name] = len(vector)
            for each in [each for each in known if each[0] == name]:
                del known[each]
        while len(known) >= _MOST:
            del known[next(iter(known))]
        known[name, text] = vector
        return vector

    def is_current(self, name: str, vector: Array) -> bool:
        """Whether the vector has the width of this embedder's latest ones."""
        return self._widths.get(name) == len(vector)

    def forget(self) -> None:
        """Drop all cached vectors."""
        self._known = {}

    async def close(self) -> None:
        """Release the embedders' threads."""
        for each in self._opened.values():
            await each.close()
