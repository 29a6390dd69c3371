"""Builds the client of remote guards when a configuration first has one."""

import importlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from config.catalog import GuardFacts
from config.guard_names import MODEL_KINDS, NAMES, TOPICS
from gateway.guardrails.consulting import Consulting, Courier
from gateway.guardrails.couriers import HttpCourier
from gateway.guardrails.model_couriers import ModelCourier
from gateway.services import Services

# By kind, loaded late: readers with a sentence model need an extra and take 30 MB.
_READERS = {
    NAMES: ("gateway.embedders.names", "NamesCourier"),
    TOPICS: ("gateway.embedders.topics", "TopicCourier"),
}


class _Reader(Courier, Protocol):
    def prepare(self, facts: GuardFacts) -> None: ...

    async def close(self) -> None: ...


def open_consulting(services: Callable[[], Services], folder: Path | None = None) -> Consulting:
    """The client for the guards of these services; `folder` contains the local sentence model."""
    books = services().books
    http, models = HttpCourier(books.clock.unix_seconds), ModelCourier(services)

    reading: dict[str, _Reader] = {}

    def reader(kind: str) -> _Reader:
        if kind not in reading:
            module, name = _READERS[kind]
            reading[kind] = getattr(importlib.import_module(module), name)(services, folder)
        return reading[kind]

    def courier(kind: str) -> Courier:
        if kind in _READERS:
            return reader(kind)
        return models if kind in MODEL_KINDS else http

    def prepare(guards: Iterable[GuardFacts]) -> None:
        for facts in guards:
            if facts.kind in _READERS:
                reader(facts.kind).prepare(facts)

    async def close() -> None:
        await http.close()
        for each in reading.values():
            await each.close()

    return Consulting(books.metrics, courier, books.clock.monotonic, close, prepare)
