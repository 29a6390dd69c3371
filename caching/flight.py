"""One upstream call that several callers share: what has arrived so far, and how it ended."""

import asyncio
from typing import Literal, Protocol

import msgspec

from caching.kept import Kept

State = Literal["open", "landed", "lost"]


class Leader(Protocol):
    """The writer of a flight, as notified about its followers."""

    def joined(self) -> None:
        """A follower joined."""

    def abandoned(self) -> None:
        """The last follower left before the answer was complete."""


class Flight(msgspec.Struct, eq=False):
    """Written by its leader, read by each follower at its own pace; a slow follower delays no other call.

    A stream of up to `bound` bytes is kept completely, and late followers get it from the start. Of a longer
    one only what some follower has not read yet is kept, at most `bound` bytes: a follower that lags further
    is dropped. A non-streamed answer arrives at once and is kept, whatever its size.
    """

    bound: int
    leader: Leader | None = None  # cleared when the leader ends, so that no reference cycle remains
    pieces: list[bytes] = []
    base: int = 0  # pieces dropped before the first one that is held
    size: int = 0  # bytes of the answer so far, dropped ones included
    begun: bool = False
    whole: bool = False  # not a stream
    lines: bytes = b""  # header lines that followers get too
    holds: int = 0  # keep-alives sent to the leader's caller
    comment: bytes = b""  # the bytes of the last one
    state: State = "open"
    error: BaseException | None = None
    by: tuple[str, str] = ("", "")  # the vendor and the model that answered
    cost: int = 0  # nano-dollars
    kept: Kept | None = None  # once landed, if the answer can be replayed in other forms
    followers: dict[object, int] | None = None  # how many pieces each has taken; None until one joins
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
        """Whether all pieces so far are still held."""
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
        """Record that this keep-alive was sent; it is not part of the answer."""
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
        """What this follower has not read yet, b"" if nothing. None: it lagged, and some was dropped."""
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
        """A future that is done at the next change. Followers share it: await it under `asyncio.shield`."""
        if self._news is None:
            self._news = asyncio.get_running_loop().create_future()
        return self._news

    def tell(self) -> None:
        news, self._news = self._news, None
        if news is not None and not news.done():
            news.set_result(None)

    def _trim(self) -> None:
        """Drop what all followers have read, then the oldest of what exceeds the bound."""
        followers = () if self.followers is None else self.followers.values()
        taken = [had for had in followers if had >= self.base]  # those behind have lost data; `take` says so
        slowest = min(taken, default=self.base + len(self.pieces))
        del self.pieces[: max(0, slowest - self.base)]
        self.base = max(self.base, slowest)
        while sum(map(len, self.pieces)) > self.bound:
            del self.pieces[0]
            self.base += 1
