"""The semantic cache's error bound as a metric, per team and model."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from gateway.telemetry.exposing import families

if TYPE_CHECKING:
    from prometheus_client.core import Metric

MOST = 500  # series; teams and models are declared, so that only large installations have more


def bounds(found: Mapping[tuple[str, str], float]) -> "Iterator[Metric]":
    """By team and model, both named in the configuration; only the worst if there are too many."""
    family = families().GaugeMetricFamily(
        "signalbox_cache_wrong_bound",
        "The share of semantic hits that is wrong at most, with 95 % confidence.",
        labels=("team", "model"),
    )
    worst = sorted(found.items(), key=lambda each: (-each[1], each[0]))[:MOST]
    for labels, bound in sorted(worst):
        family.add_metric(labels, bound)
    yield family
