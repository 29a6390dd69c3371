"""The registry of what can wrap a group's attempts, each loaded on first use."""

import importlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, Protocol

from gateway.attempts.attempts import Attempts
from gateway.books import Books
from gateway.call import Cleared
from gateway.deployment import Route
from gateway.frames import Sink
from gateway.routing.choosing import Router
from gateway.routing.learning import Learning
from routing.budget import Budget
from routing.plan import Plan

# Passes the first answer of a plan to the sink, or raises what `Attempts.run` raises.
Run = Callable[[Cleared, Route, Plan, Sink], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Means:
    """What the layers work with."""

    attempts: Attempts
    router: Router
    books: Books
    extra: Budget  # the budget for attempts beyond a call's first
    random: Callable[[], float]
    learning: Learning | None = None  # None: no samples are recorded


class Layer(Protocol):
    """Wraps the attempts: `run` may call `inner` any number of times, and passes one answer to the sink."""

    async def run(self, inner: Run, cleared: Cleared, where: "Where", sink: Sink) -> None: ...

    async def close(self) -> None:
        """Cancel background work."""


@dataclass(frozen=True, slots=True)
class Where:
    """A route and the plan to execute on it."""

    route: Route
    plan: Plan


# By the names in `Route.around`, outermost first.
LAYERS = MappingProxyType(
    {
        "shadow": ("gateway.around.shadowing", "Shadowing"),
        "cascade": ("gateway.around.cascading", "Cascading"),
        "continue": ("gateway.around.continuing", "Continuing"),
        "json_schema": ("gateway.around.repairing", "Repairing"),
    }
)


class Around:
    """Keeps one instance of each layer for all routes, so that its state outlives reloads."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._layers: dict[str, Layer] = {}
        self._runs: dict[tuple[str, ...], Run] = {}

    def run(self, names: tuple[str, ...]) -> Run:
        """The function that runs plans with these layers around the attempts."""
        found = self._runs.get(names)
        if found is None:
            found = self._means.attempts.run
            for name in reversed(names):
                found = partial(_walk, self._layer(name), found)
            self._runs[names] = found
        return found

    async def close(self) -> None:
        """Cancel the background work of all layers."""
        for layer in self._layers.values():
            await layer.close()

    def _layer(self, name: str) -> Layer:
        layer = self._layers.get(name)
        if layer is None:
            module, kind = LAYERS[name]
            layer = self._layers[name] = getattr(importlib.import_module(module), kind)(self._means)
        return layer


async def _walk(layer: Layer, inner: Run, cleared: Cleared, route: Route, plan: Plan, sink: Sink) -> None:  # noqa: PLR0913 - two of them are bound
    await layer.run(inner, cleared, Where(route, plan), sink)
