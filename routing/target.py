"""One target as this process knows it: averages, calls in flight, its breaker, its keys' waits."""

from math import inf

from routing.averages import MANY, OFTEN, Averages, weight_of
from routing.breaker import Breaker, Circuit
from routing.pace import Pace
from routing.recent import Recent


class KeyState:
    """One of a vendor's keys at one target: until when it must not be used, and why."""

    __slots__ = ("credential", "left", "name", "reason", "resets_at", "strikes", "until")

    def __init__(self, name: str, credential: "Credential") -> None:
        self.name = name  # where it came from, never itself
        self.credential = credential
        self.until = 0.0  # monotonic seconds
        self.reason = ""
        self.left: int | None = None  # requests, as the vendor told; None: it does not tell
        self.resets_at = 0.0  # when there are more
        self.strikes = 0  # refusals for its limits in a row, where the vendor did not say how long

    def free_at(self) -> float:
        """When it may be used: now, if that is past."""
        return max(self.until, self.credential.until)


class Credential:
    """A key over all targets of its vendor: a refused one is refused everywhere."""

    __slots__ = ("until",)

    def __init__(self) -> None:
        self.until = 0.0


class TargetState:
    """Implements `routing.health.TargetHealth` by plain attributes; all times are monotonic seconds.

    Its owner looks at `troubled` targets again as time passes (`look`): nothing here has a clock.
    """

    __slots__ = (
        "_counted",
        "_others",
        "_others_stream",
        "_probe",
        "breaker",
        "cached_share",
        "first_token_ms",
        "in_flight",
        "keys",
        "name",
        "open",
        "output_tokens",
        "per_token_ms",
        "reason",
        "recent",
        "share",
        "streams",
        "success",
        "waits_until",
        "wholes",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.share = 1.0
        self.open = False
        self.reason = ""
        self.success = 1.0
        self.first_token_ms = 0.0
        self.per_token_ms = 0.0
        self.output_tokens = 0.0
        self.cached_share = 0.0
        self.in_flight = 0
        self.breaker = Breaker()
        self.keys: tuple[KeyState, ...] = ()
        self.waits_until = 0.0  # when the first of its keys may be used again
        self.streams = Pace()
        self.wholes = Pace()
        self.recent: Recent | None = None  # where calls are hedged
        self._counted = 0  # outcomes
        self._others = 0  # calls of other processes that the averages are made of, MANY at most
        self._others_stream = False  # what they told of the first content was of streams
        self._probe = 0  # the call that probes

    @property
    def outcomes(self) -> int:
        """How many calls have ended that say something of it."""
        return self._counted

    @property
    def samples(self) -> int:
        """How many first contents the averages are made of."""
        return self.streams.samples or self.wholes.samples

    @property
    def limited(self) -> bool:
        """Whether none of its keys may be used now."""
        return self.waits_until > 0.0

    @property
    def late_seconds(self) -> float:
        """From when on a first content is late, where calls are hedged; 0: that is not known."""
        return 0.0 if self.recent is None else self.recent.late_ms / 1000

    @property
    def troubled(self) -> bool:
        """Whether planning has to look at it, and time may change it."""
        return self.share < 1.0 or self.breaker.circuit is not Circuit.CLOSED or self.waits_until > 0.0

    @property
    def due(self) -> float:
        """When time will change something at once; infinite where it does not, or only bit by bit."""
        probe = self.breaker.due if self.breaker.circuit is Circuit.OPEN else inf
        return min(probe, self.waits_until or inf)

    def began(self, call: int, now: float, pace: Pace) -> None:
        """A call goes to it, of the kind that has this pace.

        `call` is any number but 0 that no other call under way has.
        """
        self.in_flight += 1
        pace.pending[call] = now
        if self.breaker.circuit is Circuit.PROBING and not self._probe:
            self._probe = call
            self._stand(now)

    def content(self, call: int, now: float, pace: Pace) -> None:
        """Its first content came."""
        since = pace.pending.pop(call, None)
        if since is not None:
            self._took((now - since) * 1000, pace)

    def outrun(self, call: int, now: float, pace: Pace) -> None:
        """Another target answered first: it would have taken longer than this."""
        since = pace.pending.get(call)
        if since is not None and self.recent is not None:
            self.recent.add((now - since) * 1000)

    def left(self, call: int, now: float, pace: Pace) -> None:
        """A call is over, however."""
        self.in_flight -= 1
        pace.pending.pop(call, None)
        if call == self._probe:
            self._probe = 0
            self._stand(now)

    def answered(
        self, call: int, began: float, now: float, pace: Pace, wrote: tuple[float, int, float] | None
    ) -> bool:
        """A call that `began` then was answered to its end: `left`, `good` and, where it is known, `wrote`.

        Of a whole answer it is the first content, too. True when the breaker moved.
        """
        self.in_flight -= 1
        since = pace.pending.pop(call, None)
        if since is not None and pace is self.wholes:
            self._took((now - since) * 1000, pace)
        if call == self._probe:
            self._probe = 0
            self._stand(now)
        self._counted += 1
        if self.success < 1.0:
            self.success += (1.0 - self.success) * OFTEN
        if wrote is not None:
            ms, output, cached = wrote
            self.wrote(ms, output, cached)
        return self.breaker.good(began, now) and self._stand(now)

    def _took(self, ms: float, pace: Pace) -> None:
        pace.took(ms)
        if self.recent is not None:
            self.recent.add(ms)
        if pace is self.streams or not (self.streams.samples or self._others_stream):
            count = pace.samples + self._others
            self.first_token_ms += (ms - self.first_token_ms) * (OFTEN if count > MANY else 1 / count)

    def wrote(self, ms: float, output: int, cached: float) -> None:
        """An answer was complete: milliseconds after its first content, tokens, cached share of its input.

        A whole answer says nothing of the pace of its tokens: 0 milliseconds.
        """
        count = self._counted + self._others
        weight = OFTEN if count > MANY else 1 / (count or 1)
        if output > 1 and ms > 0.0:
            self.per_token_ms += (ms / (output - 1) - self.per_token_ms) * (
                weight if self.per_token_ms else 1.0
            )
        self.output_tokens += (output - self.output_tokens) * (weight if self.output_tokens else 1.0)
        if cached or self.cached_share:
            self.cached_share += (cached - self.cached_share) * weight

    @property
    def averages(self) -> Averages:
        """What another process may be told."""
        return Averages(
            self._counted,
            self.streams.samples > 0,
            round(self.first_token_ms, 2),
            round(self.per_token_ms, 3),
            round(self.output_tokens, 1),
            round(self.cached_share, 4),
            round(self.success, 4),
        )

    def heard(self, told: Averages, fresh: int) -> None:
        """Another process has had so many calls here since it was heard last."""
        weight = weight_of(fresh, self._counted + self._others)
        if told.first_token_ms and (not self.samples or told.streamed == (self.streams.samples > 0)):
            self._others_stream = told.streamed
            self.first_token_ms = _mixed(self.first_token_ms, told.first_token_ms, weight)
        if told.per_token_ms:
            self.per_token_ms = _mixed(self.per_token_ms, told.per_token_ms, weight)
        if told.output_tokens:
            self.output_tokens = _mixed(self.output_tokens, told.output_tokens, weight)
        self.cached_share += (told.cached_share - self.cached_share) * weight
        self.success += (told.success - self.success) * weight
        self._others = min(MANY, self._others + fresh)

    def good(self, began: float, now: float) -> bool:
        """A call went well. True when the breaker moved."""
        self._counted += 1
        if self.success < 1.0:
            self.success += (1.0 - self.success) * OFTEN
        return self.breaker.good(began, now) and self._stand(now)

    def alive(self, began: float, now: float) -> bool:
        """It refused a call for the call's own sake: that says nothing but that it answers."""
        probing = self.breaker.circuit is Circuit.PROBING
        return probing and self.breaker.good(began, now) and self._stand(now)

    def bad(self, began: float, now: float) -> bool:
        """A call failed by its fault. True when the breaker moved."""
        self._counted += 1
        self.success -= self.success * OFTEN
        return self.breaker.bad(began, now) and self._stand(now)

    def trip(self, now: float) -> bool:
        """Somebody else found it failing. True when the breaker moved."""
        return self.breaker.trip(now) and self._stand(now)

    def overdue(self, now: float, pace: Pace) -> bool:
        """Count calls whose content is too late, each once, before they end. True when the breaker moved."""
        moved = False
        for call in pace.late(now):
            since = pace.pending.pop(call)
            self._took((now - since) * 1000, pace)
            moved = (self.breaker.bad(since, now) and self._stand(now)) or moved
        return moved

    def wait(self, now: float) -> None:
        """One of its keys must not be used for a time: it waits when none may."""
        soonest = min((key.free_at() for key in self.keys), default=0.0)
        self.waits_until = soonest if soonest > now else 0.0
        self._stand(now)

    def look(self, now: float) -> bool:
        """What the passing of time does. True when the breaker moved."""
        moved = self.breaker.look(now)
        if self.waits_until and now >= self.waits_until:
            self.wait(now)
        self._stand(now)
        return moved

    def _stand(self, now: float) -> bool:
        """Bring what planning reads in line. Always True, so that it can end an `and`."""
        circuit = self.breaker.circuit
        self.share, self.reason = self.breaker.share(now), ""
        if self.waits_until:
            self.share = 0.0
            why = min(self.keys, key=KeyState.free_at).reason or "its vendor's limit"
            self.reason = f"{why}, {self.waits_until - now:.0f} s to wait"
        elif circuit is Circuit.OPEN:
            self.reason = f"its breaker is open, {max(0.0, self.breaker.due - now):.1f} s to the next probe"
        elif circuit is Circuit.PROBING and self._probe:
            self.share, self.reason = 0.0, "its breaker is open, a probe is under way"
        elif circuit is Circuit.WARMING:
            self.reason = f"it warms up, at {self.share:.0%} of its traffic"
        self.open = self.share == 0.0
        return True


def _mixed(own: float, other: float, weight: float) -> float:
    """Where one knows nothing, what the other says."""
    return own + (other - own) * weight if own else other
