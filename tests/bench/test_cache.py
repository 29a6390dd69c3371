"""The command that measures the cache: what it prints, and that its gateways can be started."""

from rich.console import Console

from bench.cache import inside, shown
from bench.cache_cost import Costs
from bench.measure import Spread


def test_costs_are_shown_in_microseconds_and_as_a_ratio() -> None:
    costs = Costs(*(Spread(micros, micros - 1, micros + 1) for micros in (14.0, 60.0, 30.0, 4.0)))
    lines = inside(costs)
    assert [ratio for _, _, ratio in lines] == [3.5, 15.0, 7.5, 1.0]
    console = Console(width=100, record=True, file=None)
    with console.capture() as said:
        console.print(shown(lines))
    assert "added by a hit" in said.get()
    assert "14.0" in said.get()
