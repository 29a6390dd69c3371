"""The calls in flight that others can follow, by fingerprint."""

from collections.abc import Callable

from caching.flight import Flight
from gateway.caching.sought import Sought


class Leading:
    """The leaders, each from its lookup to the end of its call. No method waits."""

    def __init__(self) -> None:
        self.bound = 0  # bytes of an answer that are held for late followers
        self._leaders: dict[bytes, Sought] = {}  # by fingerprint: those that others may join
        self._begun: dict[str, Sought] = {}  # by the call's id: all of them
        self.leads: Callable[[bytes], bool] = self._leaders.__contains__  # called on every miss

    def joinable(self, fingerprint: bytes) -> tuple[Sought, Flight] | None:
        """The leader with this fingerprint and its flight, if a new follower can still join."""
        leader = self._leaders.get(fingerprint)
        if leader is None or leader.flight is None or not leader.flight.joinable:
            return None
        return leader, leader.flight

    def lead(self, sought: Sought) -> Flight:
        """Make this call the leader of all equal calls; returns its flight."""
        if sought.flight is not None:
            return sought.flight
        flight = sought.flight = Flight(self.bound)
        self._begun[sought.cleared.call.id] = sought
        if sought.policy.single_flight:
            first = self._leaders.setdefault(sought.fingerprint, sought)
            if first is not sought and self.joinable(sought.fingerprint) is None:
                self._leaders[sought.fingerprint] = sought  # the first can take no more followers
        return flight

    def take(self, call_id: str) -> Sought | None:
        """The lookup of a call that leads, once; None if it does not lead."""
        return self._begun.pop(call_id, None) if self._begun else None

    def close(self, sought: Sought) -> None:
        """No call can join it any more: the next equal one leads."""
        if self._leaders.get(sought.fingerprint) is sought:
            del self._leaders[sought.fingerprint]

    def end(self, sought: Sought) -> None:
        """Close it, and detach its flight."""
        self.close(sought)
        sought.flight = None

    def step_back(self, sought: Sought) -> None:
        """It no longer leads, because its call is not made."""
        self._begun.pop(sought.cleared.call.id, None)
        self.end(sought)
