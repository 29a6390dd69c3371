"""The Protocol of a store beside memory."""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from caching.kept import Kept

BROKEN = ".broken"  # how the name of a store's file ends that was put aside
MOST_NOTES = 2000  # of a topic, unless more are wanted
Found = Kept | Literal[False] | None  # False: there is none; None: that cannot be told now


class Store(Protocol):
    """One that is slow, away or broken answers as one that holds nothing; nothing here raises.

    A lease says who is asking for an answer; it runs out when its holder dies.
    """

    failures: int
    local: bool  # whether it is this machine's own, so that memory may stand before it

    async def get(self, fingerprint: bytes) -> Found:
        """The answer; False: there is none; None: the store is away."""

    async def get_all(self, fingerprints: Sequence[bytes]) -> list[Kept | None] | None:
        """Each answer that there is; None: the store is away."""

    async def ask(self, fingerprint: bytes, holder: str, now: float) -> Kept | bool:
        """The answer; else True when this holder has the lease, or nobody can say; False: another has it."""

    async def renew(self, fingerprint: bytes, holder: str) -> None:
        """Keep the lease for another while."""

    async def put(self, fingerprint: bytes, holder: str, kept: Kept | None, now: float) -> None:
        """Keep the answer until it is gone, and give the lease back. None: those who wait get nothing."""

    async def give_back(self, fingerprint: bytes, holder: str) -> None:
        """The lease alone: whoever waits asks for itself."""

    async def note(self, topic: bytes, item: bytes, most: int = MOST_NOTES) -> None:
        """Leave a few bytes for other processes; the latest of a topic are kept, `most` at least."""

    async def notes(self, topic: bytes, after: bytes) -> list[tuple[bytes, bytes]] | None:
        """What was left since the one with this mark, `MOST_NOTES` of it at a time, each with its own mark;
        b"" stands before the first one. None: the store is away.
        """

    async def stand(self, topic: bytes, who: bytes, what: bytes) -> bool:
        """Leave what holds for one process, in place of what it left before; whether that is there."""

    async def stands(self, topic: bytes) -> list[tuple[int, bytes]]:
        """What all have left, each with the number by which it was the first, second, … to do so."""

    async def drop(self, fingerprint: bytes) -> bool:
        """Forget one answer; whether it is surely not there."""

    async def purge(self, doomed: Callable[[bytes, Kept], bool]) -> int | None:
        """Forget all of which this is true; how many they were. None: not all could be looked at."""

    async def obeyed(self) -> int | None:
        """The number of the last order to forget that was surely followed here; None: the store is away."""

    async def obey(self, number: int) -> None:
        """Write that number down."""
