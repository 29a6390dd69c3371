"""The calls in flight that others can follow, by fingerprint."""

from collections.abc import Callable

from caching.flight import Flight
from gateway.caching.sought import Sought


class Leading:
    """From `recall` to the end of the call that was made; nothing here waits."""

    def __init__(self) -> None:
        self.bound = 0  # bytes of an answer that are held for who comes late
        self._leaders: dict[bytes, Sought] = {}  # by fingerprint: those that others may join
        self._begun: dict[str, Sought] = {}  # by the call's id: also those that nobody may join
        self.leads: Callable[[bytes], bool] = self._leaders.__contains__  # asked for each call that misses

    def joinable(self, fingerprint: bytes) -> tuple[Sought, Flight] | None:
        """The call that one who comes now can still share."""
        leader = self._leaders.get(fingerprint)
        if leader is None or leader.flight is None or not leader.flight.joinable:
            return None
        return leader, leader.flight

    def lead(self, sought: Sought) -> Flight:
        """This call asks for all that ask the same."""
        if sought.flight is not None:
            return sought.flight
        flight = sought.flight = Flight(self.bound)
        self._begun[sought.cleared.call.id] = sought
        if sought.policy.single_flight:
            first = self._leaders.setdefault(sought.fingerprint, sought)
            if first is not sought and self.joinable(sought.fingerprint) is None:
                self._leaders[sought.fingerprint] = sought  # for those whom the first one cannot take
        return flight

    def take(self, call_id: str) -> Sought | None:
        """What this call was found to ask, if its answer is to be kept; it is told once."""
        return self._begun.pop(call_id, None) if self._begun else None

    def close(self, sought: Sought) -> None:
        """Nobody can join it any more: the next one leads."""
        if self._leaders.get(sought.fingerprint) is sought:
            del self._leaders[sought.fingerprint]

    def end(self, sought: Sought) -> None:
        """Nobody can join it any more, or shares it."""
        self.close(sought)
        sought.flight = None

    def step_back(self, sought: Sought) -> None:
        """It does not lead any more, for it needs no vendor."""
        self._begun.pop(sought.cleared.call.id, None)
        self.end(sought)
