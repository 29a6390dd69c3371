"""One upstream call that several callers share: what has arrived so far, and how it ended."""

import asyncio
from typing import Literal, Protocol

import msgspec

from caching.kept import Kept

State = Literal["open", "landed", "lost"]


class Leader(Protocol):
    """The writer of a flight, as far as it cares about followers."""

    def joined(self) -> None:
        """A follower joined."""

    def abandoned(self) -> None:
        """The last follower left before the answer was complete."""


class Flight(msgspec.Struct, eq=False):
    """Written by its leader, read by followers at their own pace; the slowest delays nobody.

    Up to `bound` bytes a stream is kept completely, and late followers get it from the start. Beyond that
    only what some follower has not read yet is kept, up to `bound`: one that lags further is dropped.
    A whole answer arrives at once: it is kept, however large, until all followers have it.
    """

    bound: int
    leader: Leader | None = None  # until it lets go of the flight, so that nothing waits for the collector
    pieces: list[bytes] = []
    base: int = 0  # pieces before the first one that is held
    size: int = 0  # bytes of the whole answer so far
    begun: bool = False
    whole: bool = False
    lines: bytes = b""
    holds: int = 0  # how often its caller was told to wait
    comment: bytes = b""  # by which it was
    state: State = "open"
    error: BaseException | None = None
    by: tuple[str, str] = ("", "")  # the vendor and the model that answered
    cost: int = 0  # nano-dollars
    kept: Kept | None = None  # at the end, if its answer can be said again in other forms
    followers: dict[object, int] | None = None  # how many pieces each has taken, once there was one
    _news: asyncio.Future[None] | None = None

    @property
    def joinable(self) -> bool:
        """Whether a new follower can still get the beginning."""
        return self.base == 0 and self.state == "open"

    @property
    def followed(self) -> bool:
        return bool(self.followers)

    @property
    def complete(self) -> bool:
        """Whether the whole answer is still kept."""
        return self.base == 0

    def begin(self, data: bytes, lines: bytes, whole: bool) -> None:
        self.begun, self.lines, self.whole = True, lines, whole
        self.pieces.append(data)
        self.size = size = len(data)
        if size > self.bound and not whole:
            self._trim()
        if self._news is not None:
            self.tell()

    def write(self, data: bytes) -> None:
        self.pieces.append(data)
        self.size = size = self.size + len(data)
        if size > self.bound:
            self._trim()
        if self._news is not None:
            self.tell()

    def hold(self, data: bytes) -> None:
        """A keep-alive of these bytes was sent, which is not part of the answer."""
        self.holds += 1
        self.comment = data
        self.tell()

    def land(self, kept: Kept | None) -> None:
        """The answer is complete."""
        self.state = "landed"
        self.kept = kept
        if self._news is not None:
            self.tell()

    def lose(self, error: BaseException | None) -> None:
        """The answer ended early; None: its leader left."""
        if self.state == "open":
            self.state, self.error = "lost", error
            self.tell()

    def join(self, follower: object) -> None:
        if self.followers is None:
            self.followers = {}
        self.followers[follower] = 0
        if self.leader is not None:
            self.leader.joined()

    def leave(self, follower: object) -> None:
        followers = self.followers
        if followers is not None:
            followers.pop(follower, None)
        if not followers and self.leader is not None and self.state == "open":
            self.leader.abandoned()

    def take(self, follower: object) -> bytes | None:
        """What this follower has not read yet, b"" if nothing; None: it lagged too far behind."""
        followers = self.followers
        assert followers is not None
        had = followers[follower]
        if had < self.base:
            return None
        pieces = self.pieces
        place = had - self.base
        followers[follower] = self.base + len(pieces)
        if place == len(pieces):
            return b""
        return pieces[place] if place == len(pieces) - 1 else b"".join(pieces[place:])

    def news(self) -> asyncio.Future[None]:
        """Done when something changed. Shared with others: await it under `asyncio.shield`."""
        if self._news is None:
            self._news = asyncio.get_running_loop().create_future()
        return self._news

    def tell(self) -> None:
        news, self._news = self._news, None
        if news is not None and not news.done():
            news.set_result(None)

    def _trim(self) -> None:
        """Drop what all have read, and what exceeds the bound."""
        followers = () if self.followers is None else self.followers.values()
        taken = [had for had in followers if had >= self.base]  # others are lost, and will hear of it
        slowest = min(taken, default=self.base + len(self.pieces))
        del self.pieces[: max(0, slowest - self.base)]
        self.base = max(self.base, slowest)
        while sum(map(len, self.pieces)) > self.bound:
            del self.pieces[0]
            self.base += 1
