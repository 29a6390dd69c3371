"""The part of the metrics that needs prometheus_client, loaded when they are first scraped."""

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from prometheus_client.core import Metric


class Collecting(Protocol):
    """A source of metrics."""

    def collect(self) -> "Iterable[Metric]": ...


def families() -> Any:
    """The module with prometheus_client's metric families."""
    return importlib.import_module("prometheus_client.core")


def exposed(collector: Collecting) -> bytes:
    """The metrics collected now, in Prometheus' text format."""
    registry = importlib.import_module("prometheus_client.registry").CollectorRegistry()
    registry.register(collector)
    return bytes(importlib.import_module("prometheus_client.exposition").generate_latest(registry))
