"""Makes what asks guards elsewhere, where a configuration has the first one."""

from collections.abc import Callable

from config.guards import MODEL_KINDS
from gateway.consulting import Consulting, Courier
from gateway.couriers import HttpCourier
from gateway.model_couriers import ModelCourier
from gateway.services import Services


def open_consulting(services: Callable[[], Services]) -> Consulting:
    """For the guards that these services' calls pass."""
    books = services().books
    http, models = HttpCourier(books.clock.unix_seconds), ModelCourier(services)

    def courier(kind: str) -> Courier:
        return models if kind in MODEL_KINDS else http

    return Consulting(books.metrics, courier, books.clock.monotonic, http.close)
