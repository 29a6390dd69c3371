"""A secret that expires, and is renewed before it does."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from math import inf
from typing import Generic, TypeVar

RETRY_SECONDS = 10.0  # after a fetch that failed while the old one is still good

T = TypeVar("T")


class CredentialsUnavailable(Exception):
    """No credentials can be had; the message holds no secret."""


@dataclass(frozen=True, slots=True)
class Fresh(Generic[T]):
    """What was fetched, with the times of the given clock."""

    value: T
    renew: float  # from here on a new one is fetched
    end: float = inf  # from here on it is good for nothing


class Refreshed(Generic[T]):
    """Holds what `fetch` gave. One caller at a time waits for a new one; the others use the old meanwhile."""

    __slots__ = ("_clock", "_fetch", "_held", "_one")

    def __init__(self, fetch: Callable[[], Awaitable[Fresh[T]]], clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._held: Fresh[T] | None = None
        self._one = asyncio.Lock()

    async def get(self) -> T:
        """The value. Raise CredentialsUnavailable where none can be fetched and the old one has ended."""
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
            return held  # somebody else fetched it meanwhile
        try:
            fetched = await self._fetch()
        except CredentialsUnavailable:
            now = self._clock()
            if held is None or now >= held.end:
                raise
            fetched = Fresh(held.value, min(now + RETRY_SECONDS, held.end), held.end)
        self._held = fetched
        return fetched
