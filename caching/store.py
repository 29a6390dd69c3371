"""The Protocol of a store beside memory."""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from caching.kept import Kept

BROKEN = ".broken"  # how the name of a store's file ends that was put aside
MOST_NOTES = 2000  # of a topic, unless more are wanted
Found = Kept | Literal[False] | None  # False: there is none; None: that cannot be told now


class Store(Protocol):
    """A slow, unavailable or broken store behaves like an empty one; nothing here raises.

    A lease says who is generating an answer; it expires when its holder dies.
    """

    failures: int
    local: bool  # whether it is this machine's own, so that memory may stand before it

    async def get(self, fingerprint: bytes) -> Found:
        """The answer; False: there is none; None: the store is unavailable."""

    async def get_all(self, fingerprints: Sequence[bytes]) -> list[Kept | None] | None:
        """The answers that exist; None: the store is unavailable."""

    async def ask(self, fingerprint: bytes, holder: str, now: float) -> Kept | bool:
        """The answer; else True if this holder has the lease, or if unknown; False: another has it."""

    async def renew(self, fingerprint: bytes, holder: str) -> None:
        """Renew the lease."""

    async def put(self, fingerprint: bytes, holder: str, kept: Kept | None, now: float) -> None:
        """Store the answer until it expires, and release the lease. None: waiters get nothing."""

    async def give_back(self, fingerprint: bytes, holder: str) -> None:
        """Release only the lease: waiters make their own calls."""

    async def note(self, topic: bytes, item: bytes, most: int = MOST_NOTES) -> None:
        """Publish a few bytes to other processes; at least the latest `most` of a topic are kept."""

    async def notes(self, topic: bytes, after: bytes) -> list[tuple[bytes, bytes]] | None:
        """What was left since the one with this mark, `MOST_NOTES` of it at a time, each with its own mark;
        b"" stands before the first one. None: the store is away.
        """

    async def stand(self, topic: bytes, who: bytes, what: bytes) -> bool:
        """Publish one process's state, replacing its previous one; returns whether that succeeded."""

    async def stands(self, topic: bytes) -> list[tuple[int, bytes]]:
        """The state of all processes, each with its ordinal number."""

    async def drop(self, fingerprint: bytes) -> bool:
        """Delete one answer; returns whether it is certainly gone."""

    async def purge(self, doomed: Callable[[bytes, Kept], bool]) -> int | None:
        """Delete all that match; returns how many. None: not all could be checked."""

    async def obeyed(self) -> int | None:
        """The number of the last purge that was certainly executed here; None: the store is unavailable."""

    async def obey(self, number: int) -> None:
        """Record that number."""
