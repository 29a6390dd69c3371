"""`python -m bench.cache`: what the exact cache costs a call, in process and over sockets."""

from collections.abc import Iterator
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from bench import subjects, wire
from bench.cache_cost import Costs, measured
from bench.load import LoadFailed, put
from bench.measure import RESOLUTION, Spread, cpu_seconds
from bench.runs import site
from bench.scenarios import SCENARIOS
from bench.servers import NotReady, Running
from bench.subjects import KeyNotMade

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

Line = tuple[str, Spread, float]  # name, microseconds, ratio to the unit


@app.command()
def cache(
    sockets: Annotated[bool, typer.Option(help="Measure whole gateways too.")] = True,
    quick: Annotated[bool, typer.Option("--quick", help="A short run: the figures are rough.")] = False,
) -> None:
    """Measure what a miss and a hit of the exact cache cost in CPU, for a conversation of 1 KB."""
    lines = inside(measured(10 if quick else 40))
    if sockets:
        try:
            lines += list(over_sockets(rounds=3 if quick else 7, seconds=2.0 if quick else 4.0))
        except (NotReady, KeyNotMade, LoadFailed) as error:
            Console(stderr=True).print(f"Not measured. {error}", style="red", highlight=False, markup=False)
            raise typer.Exit(1) from error
    Console().print(shown(lines))


def inside(costs: Costs) -> list[Line]:
    """The CPU time that the cache adds to a call in process."""
    named = (("miss, kept", costs.miss), ("first hit, looked through", costs.first), ("hit", costs.hit))
    unit = costs.unit.median
    lines = [(f"added by a {what}", spent, spent.median / unit) for what, spent in named]
    return [*lines, ("unit: body read and hashed", costs.unit, 1.0)]


def over_sockets(rounds: int, seconds: float) -> Iterator[Line]:
    """Whole calls of a gateway without a cache, misses and hits: CPU time of the gateway's process."""
    taken: dict[str, list[float]] = {"call without a cache": [], "call that misses": [], "call that hits": []}
    with (
        site((wire.MODEL,)) as here,
        here.started(subjects.gateway) as off,
        here.started(subjects.remembering) as on,
    ):
        first = 0
        for turn in range(rounds + 1):
            asked = ((off, False), (on, False), (on, True))
            for micros, (server, same) in zip(taken.values(), asked, strict=True):
                spent = _turn(server, seconds, same=same, first=first)
                if turn:  # the first turn warms up
                    micros.append(spent)
            first += 1_000_000
    floor = Spread.of(taken["call without a cache"]).median
    for name, micros in taken.items():
        spread = Spread.of(micros)
        yield f"{name}, over sockets", spread, spread.median / floor


def _turn(server: Running, seconds: float, *, same: bool, first: int) -> float:
    job = msgspec.structs.replace(SCENARIOS[0].job(server, seconds), same=same, first=first)
    before = cpu_seconds(server.pid)
    load = put(job)
    return max(RESOLUTION, cpu_seconds(server.pid) - before) * 1e6 / load.calls


def shown(lines: list[Line]) -> Table:
    """The table for people."""
    table = Table("", "µs of CPU", "least", "most", "ratio", box=None, pad_edge=False)
    for what, spent, ratio in lines:
        table.add_row(what, f"{spent.median:.1f}", f"{spent.low:.1f}", f"{spent.high:.1f}", f"{ratio:.2f}")
    return table


if __name__ == "__main__":
    app()
