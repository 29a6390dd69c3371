"""What is measured is a look-up among texts, and the loop beside it."""

from collections.abc import Sequence

import numpy as np
from rich.console import Console

from bench.semantic import Waits, measured, shown
from gateway.embedders.embedder import Array, Look
from gateway.errors import Header
from ledger.principal import Principal


class Vectors:
    """Gives each text another vector, in no order."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def embed(
        self, text: str, principal: Principal, then: Look | None = None, bound: Sequence[Header] = ()
    ) -> Array | None:
        self.asked.append(text)
        found = np.random.default_rng(len(self.asked)).standard_normal(16).astype(np.float32)
        return found / np.float32(np.linalg.norm(found))

    async def close(self) -> None:
        """Nothing is open."""


async def test_a_short_run_gives_every_figure() -> None:
    vectors = Vectors()
    found = await measured(vectors, entries=600, seconds=0.05, rounds=1)
    for low, high in (found.unlike, found.plain, found.look_up):
        assert 0 < low <= high
    assert 0 < min(found.alone, found.beside)
    assert {len(text.split()) for text in vectors.asked} == {32, 33}


def test_what_is_added_is_the_difference() -> None:
    console = Console(width=100)
    with console.capture() as said:
        console.print(shown(Waits((0.1, 0.2), (0.3, 0.4), (3.0, 5.0), alone=0.5, beside=1.25)))
    assert "0.75" in said.get()
