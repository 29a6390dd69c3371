"""How often prompt prefixes are used again before a vendor's cache drops them."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Literal

# A conversation's messages are an "opening" in its first request seen, and a "history" from the second on.
Kind = Literal["tools", "system", "opening", "history"]

TTL_SECONDS = 300.0  # how long a vendor keeps a prefix after its last use
_MOST = 8192  # prefixes remembered
_ENOUGH = 20  # uses of a kind from which a new prefix is judged by its kind
_FADES = 1000  # uses of a kind at which its counts are halved, so that old ones weigh less
_PRIOR = 2.0  # weight of the kind's rate, in uses of the prefix itself


class _Seen:
    __slots__ = ("again", "kind", "last", "uses")

    def __init__(self, kind: Kind, now: float) -> None:
        self.kind = kind
        self.last = now
        self.uses = 1
        self.again = 0  # uses that were followed by another within the TTL


class Prefixes:
    """The prefixes sent to one model at one vendor. The clock is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: OrderedDict[bytes, _Seen] = OrderedDict()
        self._uses: dict[Kind, float] = {}
        self._again: dict[Kind, float] = {}

    def knows(self, digest: bytes) -> bool:
        """Whether the vendor would still have this prefix, if it was marked at its last use."""
        seen = self._seen.get(digest)
        return seen is not None and self._clock() - seen.last <= TTL_SECONDS

    def came_again(self, digest: bytes) -> None:
        """Record that a request began with this prefix, within the TTL of its last use."""
        seen, now = self._seen.get(digest), self._clock()
        if seen is not None and seen.again < seen.uses and now - seen.last <= TTL_SECONDS:
            seen.again += 1
            seen.last = now
            self._again[seen.kind] = self._again.get(seen.kind, 0.0) + 1

    def use(self, kind: Kind, digest: bytes) -> float:
        """Record a use of this prefix. The estimated chance of another within the TTL; 0 if unknown."""
        now, seen = self._clock(), self._seen.get(digest)
        if seen is None:
            chance = self._of_kind(kind)
            self._seen[digest] = _Seen(kind, now)
            if len(self._seen) > _MOST:
                self._seen.popitem(last=False)
        else:
            self.came_again(digest)
            chance = (seen.again + _PRIOR * self._of_kind(kind)) / (seen.uses + _PRIOR)
            seen.uses, seen.last = seen.uses + 1, now
            self._seen.move_to_end(digest)
        self._uses[kind] = self._uses.get(kind, 0.0) + 1
        if self._uses[kind] > _FADES:
            self._uses[kind] /= 2
            self._again[kind] = self._again.get(kind, 0.0) / 2
        return chance

    def _of_kind(self, kind: Kind) -> float:
        uses = self._uses.get(kind, 0.0)
        return min(1.0, self._again.get(kind, 0.0) / uses) if uses >= _ENOUGH else 0.0


def break_even(plain: float, write: float, read: float) -> float:
    """The chance of reuse from which caching a prefix pays, at these prices per token. 1 or more: never.

    Cached, it costs `write`, and `read` if it is reused; not cached, `plain` each time.
    """
    if read >= plain:
        return 1.0
    return max(0.0, (write - plain) / (plain - read))
