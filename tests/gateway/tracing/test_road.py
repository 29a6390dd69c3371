"""A traced road does what the road does, and tells of it."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.call import Call
from gateway.errors import GatewayError, NotFound
from gateway.tracing.road import Ending, Traced

ARRIVED, AT_MS = 100.0, 1_790_000_000_000


@dataclass
class Notebook:
    wanted: bool = True
    told: list[tuple[object, Ending]] = field(default_factory=list)

    def context(self, call: Call) -> Any:
        return call if self.wanted else None

    def tell(self, context: Any, call: Call, ending: Ending) -> None:
        assert context is call
        self.told.append((call.rows, ending))


def asked() -> Call:
    return cast(Call, SimpleNamespace(arrived=ARRIVED, at_ms=AT_MS, rows=None))


SERVICES: Any = SimpleNamespace(
    books=SimpleNamespace(clock=SimpleNamespace(monotonic=lambda: ARRIVED + 0.25))
)


@pytest.mark.parametrize(
    ("raised", "status", "error"),
    [
        (None, 200, ""),
        (NotFound("no"), 404, "not_found"),
        (GatewayError("ours"), 500, "internal_error"),
        (RuntimeError("a bug"), 500, "internal_error"),
        (asyncio.CancelledError(), 499, "cancelled"),
    ],
    ids=["answered", "refused", "ours", "a bug", "left"],
)
async def test_what_the_road_does_is_told_and_comes_out_as_it_is(
    raised: BaseException | None, status: int, error: str
) -> None:
    notebook = Notebook()

    async def road(call: Call, services: Any, caller: Any) -> None:
        assert call.rows == []
        if raised is not None:
            raise raised

    traced = Traced(notebook, road)(asked(), SERVICES, cast(Any, None))
    if raised is None:
        await traced
    else:
        with pytest.raises(type(raised)) as seen:
            await traced
        assert seen.value is raised
    assert notebook.told == [([], Ending(AT_MS * 1_000_000 + 250_000_000, status, error))]


async def test_of_a_call_that_nobody_traces_nothing_is_kept() -> None:
    notebook, call = Notebook(wanted=False), asked()

    async def road(call: Call, services: Any, caller: Any) -> None:
        assert call.rows is None

    await Traced(notebook, road)(call, SERVICES, cast(Any, None))
    assert notebook.told == []
