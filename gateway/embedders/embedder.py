"""The Protocol of an embedder."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from gateway.errors import Header
from ledger.principal import Principal

Array = np.ndarray[Any, Any]
Look = Callable[[Array], None]


class Embedder(Protocol):
    """One that cannot answer says None: a text without a vector is as one that nobody asked before."""

    async def embed(
        self, text: str, principal: Principal, then: Look | None = None, bound: Sequence[Header] = ()
    ) -> Array | None:
        """A vector of length one. `principal` pays, where it costs something. `bound`: headers that say where
        the text may go.

        `then` is given the vector in the thread that makes it, before this ends: the loop wakes up once for
        both. It may be left alone, where vectors come from elsewhere.
        """

    async def close(self) -> None:
        """Let go of threads."""


def unit(values: Any) -> Array | None:
    """A vector of length one; None where there is no direction in it."""
    vector = np.asarray(values, dtype=np.float32)
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if np.isfinite(length) and length > 0 else None
