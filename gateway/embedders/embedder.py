"""The Protocol of an embedder, which turns texts into vectors."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from gateway.errors import Header
from ledger.principal import Principal

Array = np.ndarray[Any, Any]
Look = Callable[[Array], None]


class Embedder(Protocol):
    """Turns texts into vectors. A text without a vector is a miss."""

    async def embed(
        self, text: str, principal: Principal, then: Look | None = None, bound: Sequence[Header] = ()
    ) -> Array | None:
        """A unit vector; None if there is none. `principal` pays for it, if it costs anything. `bound`:
        headers that restrict where the text may be sent.

        `then` gets the vector in the thread that makes it, before this returns, so that the loop wakes only
        once. An embedder without a thread may ignore it.
        """

    async def close(self) -> None:
        """Release its threads."""


def unit(values: Any) -> Array | None:
    """The values scaled to length one, as float32; None if their length is zero or not finite."""
    vector = np.asarray(values, dtype=np.float32)
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if np.isfinite(length) and length > 0 else None
