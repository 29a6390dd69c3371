"""What is promised of semantic hits can be scraped, for a bounded number of teams and models."""

from gateway.telemetry.bounds import MOST, bounds
from gateway.telemetry.metrics import Metrics


def test_each_team_and_model_has_its_bound() -> None:
    metrics = Metrics()
    metrics.families(lambda: bounds({("support", "fast"): 0.017, ("sales", "fast"): 1.0}))
    told = metrics.exposition().decode()
    assert 'signalbox_cache_wrong_bound{model="fast",team="support"} 0.017' in told
    assert 'signalbox_cache_wrong_bound{model="fast",team="sales"} 1.0' in told


def test_the_worst_are_shown_where_they_are_many() -> None:
    (family,) = bounds({("t", f"m{number}"): number / 1000 for number in range(MOST + 10)})
    assert len(family.samples) == MOST
    assert min(sample.value for sample in family.samples) == 0.01
