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

LOOK_SECONDS = 0.02  # between looks of calls at what time has changed, unless something was due before
SWEEP_SECONDS = 0.5  # between looks at calls that wait too long and at what time has changed
# A refused key is tried again after this: its owner may have paid, or been given the right.
REFUSED_SECONDS = 300.0
# After a refusal for a limit that says no time: doubled each time in a row.
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
_NOTHING_LEFT, _REFUSED = "its vendor has nothing left for this key", "its vendor refused the key"
_ASKED = "its vendor asks to wait"
_TOLD = "another process was told to wait"
_WAITS = {
    _NOTHING_LEFT: "quota",
    _REFUSED: "refused",
    _ASKED: "limited",
    _TOLD: "told",
}  # as metrics have them
_LEAST_SAMPLES = 10  # of a peer, before others are compared with it
# Names under a pattern come from callers: what is remembered of them is bounded.
_PATTERN_TARGETS = 4096

_KEYLESS = "no key"  # what stands for one

Label = tuple[str, str]  # vendor and model as metrics have them


class Failed(msgspec.Struct, frozen=True, gc=False):
    """A failed attempt: monotonic seconds, why, and the seconds that its vendor asked to wait."""

    began: float
    ended: float
    fault: Fault
    wait: float | None = None


class Known(dict[str, TargetState]):
    """The states of targets by name, and what to say of others."""

    def __init__(self, otherwise: Callable[[str], TargetHealth]) -> None:
        super().__init__()
        self._otherwise = otherwise

    def __missing__(self, target: str) -> TargetHealth:
        return self._otherwise(target)


class Health:
    """Survives reloads; of one process. `calm` is True while planning need not look at anything.

    `troubled` are the targets that it has to look at, by name: who rests, warms up or has to wait.

    Unless it is `watchful` it only counts, and no target is ever set aside.
    """

    def __init__(self, clock: Clock = SYSTEM_CLOCK, metrics: Metrics | None = None) -> None:
        self.calm = True
        self.watchful = True
        self.clock = clock
        self._metrics = metrics
        self._declared = Known(self._unnamed)
        # A `routing.health.HealthView`; strategies ask it for each target, so it is no call of ours.
        self.view: HealthView = self._declared.__getitem__
        self._named: LRUCache[str, TargetState] = LRUCache(_PATTERN_TARGETS)
        self._labels: dict[str, Label] = {}
        self._credentials: dict[tuple[str, str], Credential] = {}
        self.troubled: dict[str, TargetState] = {}
        self.divisions: Divisions = {}  # of tiers, as they are until anybody who is troubled changes
        self._next_look = 0.0  # monotonic seconds
        self._gates: LRUCache[str, tuple[int, bool, Gate]] = LRUCache(_PATTERN_TARGETS)

    def _unnamed(self, target: str) -> TargetHealth:
        return self._named.get(target) or UNKNOWN

    @property
    def targets(self) -> Iterable[TargetState]:
        """Every target that the configuration names, and those of patterns that were asked lately."""
        return (*self._declared.values(), *self._named.values())

    def target(self, name: str, label: Label, keys: Sequence[Secret], *, declared: bool) -> TargetState:
        """The state of a target, for who builds what a call to it needs."""
        kept = self._declared.get(name) or self._named.get(name)
        state = kept or TargetState(name)
        if declared:
            self._declared[name] = state
            self._labels[name] = label
        elif kept is None:
            self._named[name] = state
        known = {id(key.credential): key for key in state.keys}
        credentials = [(secret.source, self._credential(label[0], secret)) for secret in keys]
        if not keys:  # nothing is proved, or not by a key: limits are kept all the same
            credentials = [(_KEYLESS, state.keys[0].credential if state.keys else Credential())]
        state.keys = tuple(
            known.get(id(credential)) or KeyState(source, credential) for source, credential in credentials
        )
        state.wait(self.clock.monotonic())  # a new key need not wait for an old one
        return state

    def _credential(self, vendor: str, secret: Secret) -> Credential:
        # By a digest: the key itself is kept nowhere but in its request's head.
        digest = hashlib.sha256(secret.value.encode()).hexdigest()
        return self._credentials.setdefault((vendor, digest), Credential())

    def keep(self, names: Iterable[str]) -> None:
        """Forget targets that the configuration names no more."""
        kept = frozenset(names)
        for name in [name for name in self._declared if name not in kept]:
            del self._declared[name]
            self._labels.pop(name, None)
            self.troubled.pop(name, None)

    def gate(self, name: str, vendor: Vendor) -> Gate:
        """The gate of a target whose vendor's concurrency is bounded: kept while the bound is the same."""
        most, adaptive = vendor.concurrency or 1, vendor.concurrency_adaptive
        kept = self._gates.get(name)
        if kept is None or kept[:2] != (most, adaptive):
            gate = Gate(Concurrency(most, adaptive=adaptive), self.clock.monotonic)
            kept = self._gates[name] = (most, adaptive, gate)
        return kept[2]

    # --- what attempts tell ---

    def recovered(self, state: TargetState, key: KeyState) -> None:
        """A call went well that moved the target's breaker, or whose key was limited before."""
        key.strikes = 0
        self._noted(state, state.breaker.circuit is not Circuit.CLOSED, None)

    def failed(self, state: TargetState, key: KeyState, failed: Failed) -> None:
        """Count an attempt that failed, once `TargetState.left` was told."""
        if not self.watchful:
            return
        now, blame = failed.ended, RULES[failed.fault].blame
        moved = False
        if blame == "target":
            moved = state.bad(failed.began, now)
            if failed.wait and state.keys:  # a vendor that has too much to do may say until when
                self._wait(state, key, now + min(failed.wait, LONGEST_OPEN), _ASKED)
        elif blame == "alive":
            moved = state.alive(failed.began, now)
        elif blame == "key":
            self._set_aside(state, key, failed)
        if moved or state.share < 1.0:
            self._noted(state, moved, failed.fault)

    def quota(self, state: TargetState, key: KeyState, told: Quota) -> None:
        """Note what a vendor told of its limits, so that the next call need not be refused by it."""
        key.left = None
        if not self.watchful or (told.requests is None and not told.wait):
            return
        now = self.clock.monotonic()
        key.left, key.resets_at = told.requests, now + told.resets
        if told.wait:
            self._wait(state, key, now + told.wait, _NOTHING_LEFT)

    def took(self, state: TargetState, key: KeyState) -> None:
        """A call goes out by a key whose limit the vendor told."""
        assert key.left is not None
        key.left -= 1
        if key.left <= 0:
            self._wait(state, key, key.resets_at, _NOTHING_LEFT)
            key.left = None  # what there is then, the vendor will tell

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

    # --- what other processes tell ---

    def key_digests(self) -> dict[int, str]:
        """What stands for each key, by the `id` of its credential."""
        return {id(credential): digest[:16] for (_, digest), credential in self._credentials.items()}

    def told_open(self, state: TargetState) -> bool:
        """Open a breaker that is closed here. True when that moved it."""
        if not self.watchful or state.breaker.circuit is not Circuit.CLOSED:
            return False
        moved = state.trip(self.clock.monotonic())
        self._noted(state, moved, None)
        return moved

    def told_wait(self, state: TargetState, key: KeyState, until: float) -> None:
        """Keep to what a vendor has told another process; `until` is monotonic seconds."""
        if self.watchful:
            self._wait(state, key, until, _TOLD)

    # --- what time does ---

    def refresh(self) -> None:
        """Bring what planning reads up to this moment, or nearly; asked only when it is not calm.

        Nothing that is due at a time is late. How far a target has warmed up, and the seconds that reasons
        name, may be those of LOOK_SECONDS ago.
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
        """Sweep for ever; run it beside the server."""
        while True:
            due = self.clock.monotonic() + SWEEP_SECONDS
            await asyncio.sleep(SWEEP_SECONDS)
            if self.clock.monotonic() - due < SWEEP_SECONDS / 2:
                self.sweep()
            else:  # this process itself is late: whoever seems slow now may not be
                self.refresh()

    def sweep(self) -> None:
        """Count calls that wait too long, and compare targets with their peers. Seldom, beside the calls."""
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
        """Among targets that serve the same model. `alone`: one without peers is compared with itself.

        How long whole answers take depends on how long they are, which changes with who asks. And where every
        target that has anything to do is late, it is the calls and not the targets.
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

    # --- what is told ---

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
