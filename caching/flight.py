"""One upstream call that several callers wait for: what came of it so far, and how it ended."""

import asyncio
from collections.abc import Callable
from typing import Literal

import msgspec

from caching.kept import Kept

State = Literal["open", "landed", "lost"]


class Flight(msgspec.Struct, eq=False):
    """Written by its leader, read by followers at their own pace; nobody waits for the slowest.

    Until its answer is larger than `bound` bytes all of it is held, and who comes late gets its beginning.
    Beyond that only what some follower has still to take is held, up to `bound`: who lags further is lost.
    """

    bound: int
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
    _followers: dict[object, int] = {}  # how many pieces each has taken
    _news: asyncio.Future[None] | None = None
    _joined: Callable[[], None] | None = None
    _abandoned: Callable[[], None] | None = None

    @property
    def joinable(self) -> bool:
        """Whether one who comes now can still get the beginning."""
        return self.base == 0 and self.state == "open"

    @property
    def followed(self) -> bool:
        return bool(self._followers)

    @property
    def complete(self) -> bool:
        """Whether all of the answer is still held."""
        return self.base == 0

    def begin(self, data: bytes, lines: bytes, whole: bool) -> None:
        self.begun = True
        self.lines = lines
        self.whole = whole
        self.write(data)

    def write(self, data: bytes) -> None:
        self.pieces.append(data)
        self.size += len(data)
        if self.size > self.bound:
            self._trim()
        if self._news is not None:
            self.tell()

    def hold(self, data: bytes) -> None:
        """Its caller was told to wait by these bytes, which are no part of the answer."""
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
        """There will be no more of it; None: its leader left."""
        if self.state == "open":
            self.state, self.error = "lost", error
            self.tell()

    def join(self, follower: object) -> None:
        self._followers[follower] = 0
        if self._joined is not None:
            self._joined()

    def leave(self, follower: object) -> None:
        self._followers.pop(follower, None)
        if not self._followers and self._abandoned is not None and self.state == "open":
            self._abandoned()

    def when_joined(self, act: Callable[[], None]) -> None:
        """What to do when somebody joins."""
        self._joined = act

    def release(self) -> None:
        """Let go of whoever is told, so that nothing waits for the collector."""
        self._joined = self._abandoned = None

    def when_abandoned(self, act: Callable[[], None]) -> None:
        """What to do when its last follower leaves."""
        self._abandoned = act

    def take(self, follower: object) -> bytes | None:
        """What this follower has not had yet, b"" when it had all; None: it lagged too far behind."""
        had = self._followers[follower]
        if had < self.base:
            return None
        pieces = self.pieces
        place = had - self.base
        self._followers[follower] = self.base + len(pieces)
        if place == len(pieces):
            return b""
        return pieces[place] if place == len(pieces) - 1 else b"".join(pieces[place:])

    def news(self) -> asyncio.Future[None]:
        """Done when something has changed. Others wait for it too: await it under `asyncio.shield`."""
        if self._news is None:
            self._news = asyncio.get_running_loop().create_future()
        return self._news

    def tell(self) -> None:
        news, self._news = self._news, None
        if news is not None and not news.done():
            news.set_result(None)

    def _trim(self) -> None:
        """Let go of what all have taken, and of what nobody can be waited for."""
        slowest = min(self._followers.values(), default=self.base + len(self.pieces))
        del self.pieces[: max(0, slowest - self.base)]
        self.base = max(self.base, slowest)
        while sum(map(len, self.pieces)) > self.bound:
            del self.pieces[0]
            self.base += 1
