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
        self.name = name  # where the key is configured, never the key itself
        self.credential = credential
        self.until = 0.0  # monotonic seconds
        self.reason = ""
        self.left: int | None = None  # remaining requests, as the vendor reported; None: unknown
        self.resets_at = 0.0  # monotonic seconds when `left` is reset
        self.strikes = 0  # consecutive rate-limit refusals without a retry delay

    def free_at(self) -> float:
        """When it may be used, in monotonic seconds; a past time means now."""
        return max(self.until, self.credential.until)


class Credential:
    """A key's state shared by all targets of its vendor: a key refused at one is refused at all."""

    __slots__ = ("until",)

    def __init__(self) -> None:
        self.until = 0.0


class TargetState:
    """Implements `routing.health.TargetHealth` with plain attributes; all times are monotonic seconds.

    It has no clock: its owner must call `look` on `troubled` targets as time passes.
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
        self.waits_until = 0.0  # when the first of its keys may be used again; 0: now
        self.streams = Pace()
        self.wholes = Pace()
        self.recent: Recent | None = None  # set if calls are hedged
        self._counted = 0  # outcomes
        self._others = 0  # calls of other processes in the averages, at most MANY
        self._others_stream = False  # their times to first content were those of streams
        self._probe = 0  # the probing call; 0: none

    @property
    def outcomes(self) -> int:
        """How many calls have ended that count for or against it."""
        return self._counted

    @property
    def samples(self) -> int:
        """How many times to first content this process has measured."""
        return self.streams.samples or self.wholes.samples

    @property
    def limited(self) -> bool:
        """Whether none of its keys may be used at present."""
        return self.waits_until > 0.0

    @property
    def late_seconds(self) -> float:
        """Seconds after which first content is late, if calls are hedged; 0: unknown."""
        return 0.0 if self.recent is None else self.recent.late_ms / 1000

    @property
    def troubled(self) -> bool:
        """Whether planning must consider it, and time may change it."""
        return self.share < 1.0 or self.breaker.circuit is not Circuit.CLOSED or self.waits_until > 0.0

    @property
    def due(self) -> float:
        """When its next abrupt change is due; infinite if there is none, or only gradual ones."""
        probe = self.breaker.due if self.breaker.circuit is Circuit.OPEN else inf
        return min(probe, self.waits_until or inf)

    def began(self, call: int, now: float, pace: Pace) -> None:
        """A call begins; `pace` is that of its kind, streams or whole answers.

        `call` is a non-zero number unique among calls in flight.
        """
        self.in_flight += 1
        pace.pending[call] = now
        if self.breaker.circuit is Circuit.PROBING and not self._probe:
            self._probe = call
            self._stand(now)

    def content(self, call: int, now: float, pace: Pace) -> None:
        """The call's first content came."""
        since = pace.pending.pop(call, None)
        if since is not None:
            self._took((now - since) * 1000, pace)

    def outrun(self, call: int, now: float, pace: Pace) -> None:
        """Another attempt answered first; the elapsed time is a lower bound for this one."""
        since = pace.pending.get(call)
        if since is not None and self.recent is not None:
            self.recent.add((now - since) * 1000)

    def left(self, call: int, now: float, pace: Pace) -> None:
        """A call has ended, in whatever way."""
        self.in_flight -= 1
        pace.pending.pop(call, None)
        if call == self._probe:
            self._probe = 0
            self._stand(now)

    def answered(
        self, call: int, began: float, now: float, pace: Pace, wrote: tuple[float, int, float] | None
    ) -> bool:
        """A call was answered to its end: `left`, `good` and, if known, `wrote` in one.

        For a whole answer this is the first content, too. True if the breaker changed.
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
        """A complete answer's milliseconds after first content, output tokens, and cached share of its input.

        For a whole answer, which says nothing about the pace of its tokens, `ms` is 0.
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
        """The averages to share with other processes."""
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
        """Mix in another process's averages, with its `fresh` calls since its last report."""
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
        """A call succeeded. True if the breaker changed."""
        self._counted += 1
        if self.success < 1.0:
            self.success += (1.0 - self.success) * OFTEN
        return self.breaker.good(began, now) and self._stand(now)

    def alive(self, began: float, now: float) -> bool:
        """It rejected a request that was itself at fault: that only proves that it responds."""
        probing = self.breaker.circuit is Circuit.PROBING
        return probing and self.breaker.good(began, now) and self._stand(now)

    def bad(self, began: float, now: float) -> bool:
        """A call failed by the target's fault. True if the breaker changed."""
        self._counted += 1
        self.success -= self.success * OFTEN
        return self.breaker.bad(began, now) and self._stand(now)

    def trip(self, now: float) -> bool:
        """Another process found it failing. True if the breaker changed."""
        return self.breaker.trip(now) and self._stand(now)

    def overdue(self, now: float, pace: Pace) -> bool:
        """Count calls with overdue content as failures, each once. True if the breaker changed."""
        moved = False
        for call in pace.late(now):
            since = pace.pending.pop(call)
            self._took((now - since) * 1000, pace)
            moved = (self.breaker.bad(since, now) and self._stand(now)) or moved
        return moved

    def wait(self, now: float) -> None:
        """A key's wait has changed: the target waits if none of its keys may be used."""
        soonest = min((key.free_at() for key in self.keys), default=0.0)
        self.waits_until = soonest if soonest > now else 0.0
        self._stand(now)

    def look(self, now: float) -> bool:
        """Apply the passing of time. True if the breaker changed."""
        moved = self.breaker.look(now)
        if self.waits_until and now >= self.waits_until:
            self.wait(now)
        self._stand(now)
        return moved

    def _stand(self, now: float) -> bool:
        """Update the fields that planning reads. Always True, so that it can end an `and`."""
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
    """The weighted mean; the other value if the own one is unknown (0)."""
    return own + (other - own) * weight if own else other
