"""What an embedder said is not asked for again until it may be another one."""

import asyncio
from collections.abc import Sequence

import numpy as np

from gateway.embedders.embedder import Array, Look
from gateway.embedders.remembering import Remembering
from gateway.errors import Header
from ledger.principal import Principal
from tests.gateway.road import WHO


class Model:
    """Its vectors have as many numbers as it is wide; without any it does not answer."""

    def __init__(self) -> None:
        self.width, self.asked = 3, list[str]()
        self.open = asyncio.Event()
        self.open.set()

    async def embed(
        self, text: str, principal: Principal, then: Look | None = None, bound: Sequence[Header] = ()
    ) -> Array | None:
        self.asked.append(text)
        width = self.width
        await self.open.wait()
        return np.ones(width, dtype=np.float32) if width else None

    async def close(self) -> None:
        """Nothing is open."""


async def test_each_text_is_asked_for_once() -> None:
    model = Model()
    here = Remembering(lambda name: model)
    for text in ("a", "b", "a"):
        assert await here.vector("m", text, WHO, ()) is not None
    assert model.asked == ["a", "b"]
    model.width = 0
    assert await here.vector("m", "c", WHO, ()) is None
    model.width = 3
    assert await here.vector("m", "c", WHO, ()) is not None


async def test_those_of_another_width_are_forgotten_by_name() -> None:
    models = {"m": Model(), "n": Model()}
    here = Remembering(models.__getitem__)
    old = await here.vector("m", "a", WHO, ())
    assert old is not None and here.is_current("m", old)
    await here.vector("n", "a", WHO, ())
    models["m"].width = 5
    await here.vector("m", "b", WHO, ())
    assert not here.is_current("m", old)
    for name in ("m", "n"):
        await here.vector(name, "a", WHO, ())
    assert (models["m"].asked, models["n"].asked) == (["a", "b", "a"], ["a"])


async def test_what_comes_after_all_was_forgotten_is_not_remembered() -> None:
    model = Model()
    here = Remembering(lambda name: model)
    model.open.clear()
    late = asyncio.ensure_future(here.vector("m", "a", WHO, ()))
    await asyncio.sleep(0)
    here.forget()
    model.open.set()
    assert await late is not None
    await here.vector("m", "a", WHO, ())
    assert model.asked == ["a", "a"]
