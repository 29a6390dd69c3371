"""What is measured is what it is called: misses are kept, hits are given."""

from bench.cache_cost import measured


def test_a_short_run_gives_every_figure() -> None:
    costs = measured(rounds=2, calls=20)
    assert 0 < costs.unit.low
    # A first hit looks its answer through, which no other does.
    assert 0 < costs.miss.median < costs.first.median
    assert 0 < costs.hit.median < costs.first.median
