"""What this process knows about every target: fed by attempts, read by planning and operators."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence

import msgspec
from cachetools import LRUCache

from config.catalog import Secret, Vendor
from gateway.clock import SYSTEM_CLOCK, Clock
from gateway.targets.admission import Gate
from gateway.targets.limits import Quota
from gateway.telemetry.metrics import Metrics
from routing.breaker import LONGEST_OPEN, Circuit
from routing.concurrency import Concurrency
from routing.faults import RULES, Fault
from routing.health import UNKNOWN, HealthView, TargetHealth
from routing.pace import FLOOR_ALONE, KNOWN, Pace
from routing.plan import Divisions
from routing.target import Credential, KeyState, TargetState

log = logging.getLogger("signalbox.health")

LOOK_SECONDS = 0.02  # calls re-evaluate targets this often, unless something is due earlier
SWEEP_SECONDS = 0.5  # between sweeps, see `Health.sweep`
# A refused key is tried again after this: by then the bill may be paid, or the permission granted.
REFUSED_SECONDS = 300.0
# The wait after a rate limit without a retry delay: doubled each time in a row.
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
_NOTHING_LEFT, _REFUSED = "its vendor has nothing left for this key", "its vendor refused the key"
_ASKED = "its vendor asks to wait"
_TOLD = "another process was told to wait"
_WAITS = {
    _NOTHING_LEFT: "quota",
    _REFUSED: "refused",
    _ASKED: "limited",
    _TOLD: "told",
}  # as labelled in metrics
_LEAST_SAMPLES = 10  # of a peer, before others are compared with it
# Names that match a pattern come from callers, so the number of targets remembered is bounded.
_PATTERN_TARGETS = 4096

_KEYLESS = "no key"  # the key's name for a vendor without keys

Label = tuple[str, str]  # vendor and model, as in metrics


class Failed(msgspec.Struct, frozen=True, gc=False):
    """A failed attempt: times in monotonic seconds, its fault, and the vendor's retry delay in seconds."""

    began: float
    ended: float
    fault: Fault
    wait: float | None = None


class Known(dict[str, TargetState]):
    """The states of targets by name, with a function for other names."""

    def __init__(self, otherwise: Callable[[str], TargetHealth]) -> None:
        super().__init__()
        self._otherwise = otherwise

    def __missing__(self, target: str) -> TargetHealth:
        return self._otherwise(target)


class Health:
    """The state of every target in this process; survives reloads.

    `calm` is True while planning can ignore health. `troubled` holds, by name, the targets that it must
    consider: those with an open breaker, warming up, or waiting. Unless it is `watchful`, it only counts,
    and no target is ever set aside.
    """

    def __init__(self, clock: Clock = SYSTEM_CLOCK, metrics: Metrics | None = None) -> None:
        self.calm = True
        self.watchful = True
        self.clock = clock
        self._metrics = metrics
        self._declared = Known(self._unnamed)
        # A `routing.health.HealthView`; strategies call it for each target, so it is a built-in method.
        self.view: HealthView = self._declared.__getitem__
        self._named: LRUCache[str, TargetState] = LRUCache(_PATTERN_TARGETS)
        self._labels: dict[str, Label] = {}
        self._credentials: dict[tuple[str, str], Credential] = {}
        self.troubled: dict[str, TargetState] = {}
        self.divisions: Divisions = {}  # cached divisions of tiers, until a troubled target changes
        self._next_look = 0.0  # monotonic seconds
        self._gates: LRUCache[str, tuple[int, bool, Gate]] = LRUCache(_PATTERN_TARGETS)

    def _unnamed(self, target: str) -> TargetHealth:
        return self._named.get(target) or UNKNOWN

    @property
    def targets(self) -> Iterable[TargetState]:
        """Every target that the configuration names, and recently used targets of patterns."""
        return (*self._declared.values(), *self._named.values())

    def target(self, name: str, label: Label, keys: Sequence[Secret], *, declared: bool) -> TargetState:
        """The state of a target, created if needed, with its keys updated; called when its line is built."""
        kept = self._declared.get(name) or self._named.get(name)
        state = kept or TargetState(name)
        if declared:
            self._declared[name] = state
            self._labels[name] = label
        elif kept is None:
            self._named[name] = state
        known = {id(key.credential): key for key in state.keys}
        credentials = [(secret.source, self._credential(label[0], secret)) for secret in keys]
        if not keys:  # no authentication, or not by a key: limits are tracked all the same
            credentials = [(_KEYLESS, state.keys[0].credential if state.keys else Credential())]
        state.keys = tuple(
            known.get(id(credential)) or KeyState(source, credential) for source, credential in credentials
        )
        state.wait(self.clock.monotonic())  # a new key need not wait for an old one
        return state

    def _credential(self, vendor: str, secret: Secret) -> Credential:
        # By digest: the key itself is kept only in the request head.
        digest = hashlib.sha256(secret.value.encode()).hexdigest()
        return self._credentials.setdefault((vendor, digest), Credential())

    def keep(self, names: Iterable[str]) -> None:
        """Forget targets that the configuration no longer names."""
        kept = frozenset(names)
        for name in [name for name in self._declared if name not in kept]:
            del self._declared[name]
            self._labels.pop(name, None)
            self.troubled.pop(name, None)

    def gate(self, name: str, vendor: Vendor) -> Gate:
        """The gate of a target of a vendor with a concurrency limit; kept while the limit is unchanged."""
        most, adaptive = vendor.concurrency or 1, vendor.concurrency_adaptive
        kept = self._gates.get(name)
        if kept is None or kept[:2] != (most, adaptive):
            gate = Gate(Concurrency(most, adaptive=adaptive), self.clock.monotonic)
            kept = self._gates[name] = (most, adaptive, gate)
        return kept[2]

    # --- reported by attempts ---

    def recovered(self, state: TargetState, key: KeyState) -> None:
        """A call succeeded that changed the target's breaker, or that used a previously limited key."""
        key.strikes = 0
        self._noted(state, state.breaker.circuit is not Circuit.CLOSED, None)

    def failed(self, state: TargetState, key: KeyState, failed: Failed) -> None:
        """Count a failed attempt; call `TargetState.left` first."""
        if not self.watchful:
            return
        now, blame = failed.ended, RULES[failed.fault].blame
        moved = False
        if blame == "target":
            moved = state.bad(failed.began, now)
            if failed.wait and state.keys:  # an overloaded vendor may give a retry delay
                self._wait(state, key, now + min(failed.wait, LONGEST_OPEN), _ASKED)
        elif blame == "alive":
            moved = state.alive(failed.began, now)
        elif blame == "key":
            self._set_aside(state, key, failed)
        if moved or state.share < 1.0:
            self._noted(state, moved, failed.fault)

    def quota(self, state: TargetState, key: KeyState, told: Quota) -> None:
        """Record a vendor's reported limits, so that calls it would refuse are not sent."""
        key.left = None
        if not self.watchful or (told.requests is None and not told.wait):
            return
        now = self.clock.monotonic()
        key.left, key.resets_at = told.requests, now + told.resets
        if told.wait:
            self._wait(state, key, now + told.wait, _NOTHING_LEFT)

    def took(self, state: TargetState, key: KeyState) -> None:
        """A call is sent with a key for which the vendor reported a limit."""
        assert key.left is not None
        key.left -= 1
        if key.left <= 0:
            self._wait(state, key, key.resets_at, _NOTHING_LEFT)
            key.left = None  # the vendor reports the next number itself

    def _set_aside(self, state: TargetState, key: KeyState, failed: Failed) -> None:
        now, wait = failed.ended, failed.wait
        if failed.fault is not Fault.LIMITED:
            if failed.fault is Fault.CREDENTIALS:
                key.credential.until = now + REFUSED_SECONDS
            self._wait(state, key, now + REFUSED_SECONDS, _REFUSED)
            self._tell(state, logging.ERROR, f"the key from {key.name} was refused")
            return
        if wait is None:
            wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2**key.strikes)
            key.strikes = min(key.strikes + 1, 16)
        self._wait(state, key, now + wait, _ASKED)

    def _wait(self, state: TargetState, key: KeyState, until: float, reason: str) -> None:
        key.until, key.reason = max(key.until, until), reason
        state.wait(self.clock.monotonic())
        if self._metrics is not None:
            self._metrics.waits.add((*self._label(state), _WAITS[reason]))
        self._noted(state, False, None)

    # --- reported by other processes ---

    def key_digests(self) -> dict[int, str]:
        """A short digest of each key, by the `id` of its credential."""
        return {id(credential): digest[:16] for (_, digest), credential in self._credentials.items()}

    def told_open(self, state: TargetState) -> bool:
        """Another process opened this breaker: open it here, if it is closed. True if that changed it."""
        if not self.watchful or state.breaker.circuit is not Circuit.CLOSED:
            return False
        moved = state.trip(self.clock.monotonic())
        self._noted(state, moved, None)
        return moved

    def told_wait(self, state: TargetState, key: KeyState, until: float) -> None:
        """Honour a wait that a vendor imposed on another process; `until` is in monotonic seconds."""
        if self.watchful:
            self._wait(state, key, until, _TOLD)

    # --- effects of time ---

    def refresh(self) -> None:
        """Update the state that planning reads; needed only if it is not `calm`.

        Changes due at a given time are never late. The share of a target that warms up, and the seconds in
        reasons, may be up to LOOK_SECONDS old.
        """
        now = self.clock.monotonic()
        if now < self._next_look:
            return
        for state in tuple(self.troubled.values()):
            moved = state.look(now)
            if moved or not state.troubled:
                self._noted(state, moved, None)
        self.divisions = {}
        self._next_look = min([now + LOOK_SECONDS, *[state.due for state in self.troubled.values()]])

    async def run(self) -> None:
        """Sweep forever; run this beside the server."""
        while True:
            due = self.clock.monotonic() + SWEEP_SECONDS
            await asyncio.sleep(SWEEP_SECONDS)
            if self.clock.monotonic() - due < SWEEP_SECONDS / 2:
                self.sweep()
            else:  # this process itself is late, so targets that seem slow may not be
                self.refresh()

    def sweep(self) -> None:
        """Count overdue calls as failures, and compare targets with their peers; in the background."""
        self.refresh()
        if not self.watchful:
            return
        now = self.clock.monotonic()
        peers: dict[str, list[TargetState]] = {}
        for state in self._declared.values():
            peers.setdefault(state.name.partition("/")[2], []).append(state)
        for same in peers.values():
            self._compare([(state, state.streams) for state in same], now, alone=True)
            self._compare([(state, state.wholes) for state in same], now, alone=False)

    def _compare(self, same: Sequence[tuple[TargetState, Pace]], now: float, *, alone: bool) -> None:
        """Judges targets of the same model by their peers; if `alone`, those without peers by their own past.

        Whole answers are never judged `alone`: their time depends on their length, which varies by caller.
        If every busy target is late, the calls are to blame, not the targets.
        """
        for _, pace in same:
            known = sorted(
                other.usual_ms for _, other in same if other is not pace and other.samples >= _LEAST_SAMPLES
            )
            own = pace.usual_ms if alone and pace.samples >= KNOWN else 0.0
            if known:
                pace.judge(known[len(known) // 2])
            else:
                pace.judge(own, FLOOR_ALONE)
        busy = [(state, pace) for state, pace in same if pace.pending]
        late = [(state, pace) for state, pace in busy if pace.late(now)]
        if len(late) == len(busy) > 1:
            return
        for state, pace in late:
            if state.overdue(now, pace):
                self._noted(state, True, None)

    # --- reporting ---

    def _noted(self, state: TargetState, moved: bool, fault: Fault | None) -> None:
        if state.troubled:
            self.troubled[state.name] = state
        else:
            self.troubled.pop(state.name, None)
        self.calm = not self.troubled
        self._next_look = 0.0
        self.divisions = {}
        if not moved:
            return
        circuit = state.breaker.circuit
        level = logging.WARNING if circuit is Circuit.OPEN else logging.INFO
        self._tell(state, level, f"its breaker is {circuit.value}" + (f" after {fault}" if fault else ""))
        if self._metrics is not None:
            self._metrics.breakers.add((*self._label(state), circuit.value))

    def _label(self, state: TargetState) -> Label:
        vendor, _, model = state.name.partition("/")
        return self._labels.get(state.name, (vendor, "*"))

    def _tell(self, state: TargetState, level: int, text: str) -> None:
        extra = {
            "target": state.name,
            "circuit": state.breaker.circuit.value,
            "success": round(state.success, 3),
            "in_flight": state.in_flight,
        }
        log.log(level, "%s: %s", state.name, text, extra=extra)
