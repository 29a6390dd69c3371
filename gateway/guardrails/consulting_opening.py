"""Makes what asks guards elsewhere, where a configuration has the first one."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from config.guards import MODEL_KINDS, TOPICS
from gateway.guardrails.consulting import Consulting, Courier
from gateway.guardrails.couriers import HttpCourier
from gateway.guardrails.model_couriers import ModelCourier
from gateway.services import Services

if TYPE_CHECKING:
    from gateway.embedders.topics import TopicCourier


def open_consulting(services: Callable[[], Services], folder: Path | None = None) -> Consulting:
    """For the guards that these services' calls pass; `folder` is where the local sentence model is."""
    books = services().books
    http, models = HttpCourier(books.clock.unix_seconds), ModelCourier(services)

    topics: list[TopicCourier] = []

    def courier(kind: str) -> Courier:
        if kind != TOPICS:
            return models if kind in MODEL_KINDS else http
        if not topics:  # what compares vectors is an extra, and takes 30 MB
            topics.append(importlib.import_module("gateway.embedders.topics").TopicCourier(services, folder))
        return topics[0]

    async def close() -> None:
        await http.close()
        for each in topics:
            await each.close()

    return Consulting(books.metrics, courier, books.clock.monotonic, close)
