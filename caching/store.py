"""The Protocol of a store of answers outside the process's memory."""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from caching.kept import Kept

BROKEN = ".broken"  # suffix of a corrupt store file that was moved aside
MOST_NOTES = 2000  # kept per topic by default, and returned per read
Found = Kept | Literal[False] | None  # False: no such answer; None: the store is unavailable


class Store(Protocol):
    """A slow, unavailable or broken store behaves like an empty one; nothing here raises.

    A lease marks the process that is generating an answer; it expires after its holder dies.
    """

    failures: int
    local: bool  # whether it is on this machine, so that memory may be used in front of it

    async def get(self, fingerprint: bytes) -> Found:
        """The answer; False: no such answer; None: the store is unavailable."""

    async def get_all(self, fingerprints: Sequence[bytes]) -> list[Kept | None] | None:
        """One entry per fingerprint, None if there is no answer. None: the store is unavailable."""

    async def ask(self, fingerprint: bytes, holder: str, now: float) -> Kept | bool:
        """The answer if fresh; else whether this holder has the lease: True too if that is unknown."""

    async def renew(self, fingerprint: bytes, holder: str) -> None:
        """Renew the lease."""

    async def put(self, fingerprint: bytes, holder: str, kept: Kept | None, now: float) -> None:
        """Store the answer until it expires, and release the lease. None: the answer cannot be shared, which
        waiters are shown.
        """

    async def give_back(self, fingerprint: bytes, holder: str) -> None:
        """Release only the lease: waiters make their own calls."""

    async def note(self, topic: bytes, item: bytes, most: int = MOST_NOTES) -> None:
        """Publish a few bytes to other processes; at least the latest `most` of a topic are kept."""

    async def notes(self, topic: bytes, after: bytes) -> list[tuple[bytes, bytes]] | None:
        """At most `MOST_NOTES` notes after this mark, each with its own mark; b"" reads from the first one.
        None: the store is unavailable.
        """

    async def stand(self, topic: bytes, who: bytes, what: bytes) -> bool:
        """Publish one process's state, replacing its previous one; returns whether that succeeded."""

    async def stands(self, topic: bytes) -> list[tuple[int, bytes]]:
        """The state of every process, each with the ordinal number of its first publication."""

    async def drop(self, fingerprint: bytes) -> bool:
        """Delete one answer; returns whether it is certainly absent now."""

    async def purge(self, doomed: Callable[[bytes, Kept], bool]) -> int | None:
        """Delete all answers that match; returns how many. None: not all could be checked."""

    async def obeyed(self) -> int | None:
        """The number of the last purge that was certainly executed here; None: the store is unavailable."""

    async def obey(self, number: int) -> None:
        """Record the number of the last purge executed here."""
