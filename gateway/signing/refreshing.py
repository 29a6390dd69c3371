"""Holds a secret that expires, and renews it before it does."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from math import inf
from typing import Generic, TypeVar

RETRY_SECONDS = 10.0  # until the next attempt if a fetch failed while the old value is valid

T = TypeVar("T")


class CredentialsUnavailable(Exception):
    """No credentials are available; the message holds no secret."""


@dataclass(frozen=True, slots=True)
class Fresh(Generic[T]):
    """A fetched value, with times of the clock given to Refreshed."""

    value: T
    renew: float  # from then on a new one is fetched
    end: float = inf  # from then on it is no longer valid


class Refreshed(Generic[T]):
    """Caches what `fetch` returns. One caller at a time renews it; others use the old value while valid."""

    __slots__ = ("_clock", "_fetch", "_held", "_one")

    def __init__(self, fetch: Callable[[], Awaitable[Fresh[T]]], clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._held: Fresh[T] | None = None
        self._one = asyncio.Lock()

    async def get(self) -> T:
        """The current value. Raises CredentialsUnavailable if fetching fails and the old one has expired."""
        held = self._held
        if held is not None:
            now = self._clock()
            if now < held.renew or (self._one.locked() and now < held.end):
                return held.value
        async with self._one:
            return (await self._renewed()).value

    async def _renewed(self) -> Fresh[T]:
        held = self._held
        if held is not None and self._clock() < held.renew:
            return held  # another caller fetched it meanwhile
        try:
            fetched = await self._fetch()
        except CredentialsUnavailable:
            now = self._clock()
            if held is None or now >= held.end:
                raise
            fetched = Fresh(held.value, min(now + RETRY_SECONDS, held.end), held.end)
        self._held = fetched
        return fetched
