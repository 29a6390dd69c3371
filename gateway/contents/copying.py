"""Copies what passes through a caller's sink, for teams whose contents are stored, without delaying it."""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from gateway.frames import Head, Sink

if TYPE_CHECKING:
    from gateway.call import Call
    from ledger.principal import Principal

MOST_ANSWER = 4 * 1024 * 1024  # bytes of one answer; the rest of a longer one is not stored
MOST_WAITING = 64 * 1024 * 1024  # bytes of all copies that wait to be written; more are dropped
_OVERHEAD = 1000


class Copy:
    """A caller's sink that also keeps the answer. Bytes are shared with those that are sent, not copied."""

    __slots__ = (
        "_room",
        "_sink",
        "begun",
        "call",
        "complete",
        "cut",
        "pieces",
        "principal",
        "store",
        "ttl",
        "write",
    )

    def __init__(self, sink: Sink, call: "Call", principal: "Principal", store: str, ttl: float) -> None:
        self._sink = sink
        self._room = MOST_ANSWER
        self.call = call
        self.principal = principal
        self.store = store
        self.ttl = ttl  # seconds
        self.pieces: list[bytes] = []
        self.begun = False
        self.complete = False
        self.cut = False  # whether the answer was longer than what is stored
        self.write = self._writer(sink)

    @property
    def size(self) -> int:
        """Bytes that the copy takes while it waits."""
        return len(self.call.body) + MOST_ANSWER - max(self._room, 0) + _OVERHEAD

    def begin(self, head: Head, data: bytes) -> None:
        self.begun = True
        self._keep(data)
        self._sink.begin(head, data)

    def hold(self, head: Head, data: bytes) -> None:
        self._sink.hold(head, data)

    def end(self) -> None:
        self.complete = True
        self._sink.end()

    @property
    def paused(self) -> bool:
        return self._sink.paused

    async def drained(self) -> None:
        """Waits until the caller reads on."""
        await self._sink.drained()

    def _writer(self, sink: Sink) -> Callable[[bytes], None]:
        keep, pass_on = self._keep, sink.write

        def write(data: bytes) -> None:
            keep(data)
            pass_on(data)

        return write

    def _keep(self, data: bytes) -> None:
        self._room -= len(data)
        if self._room >= 0:
            self.pieces.append(data)
        else:
            self.cut = True


class Copies:
    """The queue of copies to be written. Adding never waits: copies without room are dropped and counted."""

    __slots__ = ("_bytes", "_waiting", "_woken", "dropped")

    def __init__(self) -> None:
        self._waiting: deque[Copy] = deque()
        self._bytes = 0
        self._woken: Callable[[], None] | None = None
        self.dropped = 0

    def copy(self, call: "Call", principal: "Principal", caller: Sink) -> Sink:
        """The sink to use: the caller's own, or a Copy of it if the team's contents are stored."""
        policy = call.deployment.catalog.retention.teams.get(principal.team)
        if policy is None or not policy.contents:
            return caller
        call.copied = copied = Copy(caller, call, principal, policy.store, policy.ttl)
        return copied

    def put(self, copied: Copy) -> None:
        """Queues the copy of a finished call, however it ended."""
        if self._bytes + copied.size > MOST_WAITING:
            self.dropped += 1
            return
        self._bytes += copied.size
        self._waiting.append(copied)
        if self._woken is not None:
            self._woken()

    def take(self, most: int) -> list[Copy]:
        """Takes up to `most` of the oldest copies; hand them to `done` or `untake` afterwards."""
        return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    def untake(self, taken: list[Copy]) -> None:
        """Puts copies back at the front after they could not be written."""
        self._waiting.extendleft(reversed(taken))

    def done(self, taken: list[Copy]) -> None:
        self._bytes -= sum(each.size for each in taken)

    def wake(self, woken: Callable[[], None]) -> None:
        """Sets the function that is called whenever a copy is added."""
        self._woken = woken

    def __len__(self) -> int:
        return len(self._waiting)
