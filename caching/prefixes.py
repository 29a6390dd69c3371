"""How often prompt prefixes come again before a vendor's cache forgets them."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Literal

# tools and system prompts, by what they say; histories, by whether their conversation has gone on before.
Kind = Literal["tools", "system", "opening", "history"]

TTL_SECONDS = 300.0  # a vendor keeps a prefix so long after its last use
_MOST = 8192  # prefixes that are remembered
_ENOUGH = 20  # prefixes of a kind after which one that is new is judged by its kind
_FADES = 1000  # of a kind, after which what was before counts half
_PRIOR = 2.0  # what the kind weighs beside what is known of the prefix itself


class _Seen:
    __slots__ = ("again", "kind", "last", "uses")

    def __init__(self, kind: Kind, now: float) -> None:
        self.kind = kind
        self.last = now
        self.uses = 1  # each of which may be followed by another in time
        self.again = 0  # that were


class Prefixes:
    """Of one model at one vendor. Times are seconds of any clock that does not jump."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: OrderedDict[bytes, _Seen] = OrderedDict()
        self._uses: dict[Kind, float] = {}
        self._again: dict[Kind, float] = {}

    def knows(self, digest: bytes) -> bool:
        """Whether a vendor that was told to keep it would still have it."""
        seen = self._seen.get(digest)
        return seen is not None and self._clock() - seen.last <= TTL_SECONDS

    def came_again(self, digest: bytes) -> None:
        """A request began with it and went on otherwise than the one before."""
        seen, now = self._seen.get(digest), self._clock()
        if seen is not None and seen.again < seen.uses and now - seen.last <= TTL_SECONDS:
            seen.again += 1
            seen.last = now
            self._again[seen.kind] = self._again.get(seen.kind, 0.0) + 1

    def use(self, kind: Kind, digest: bytes) -> float:
        """A request begins with it. The chance that another one will in time, 0 where nothing is known."""
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
    """The chance of being used again from which keeping a prefix pays, at these prices for a token.

    Kept and used again it costs `write + read`, else `write`; never kept, `plain` each time. 1 or more: it
    never pays.
    """
    if read >= plain:
        return 1.0
    return max(0.0, (write - plain) / (plain - read))
