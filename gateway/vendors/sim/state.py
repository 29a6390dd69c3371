"""The state of a running simulator: its identity, behaviour and records."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.vendors.sim.bill import Bill
from gateway.vendors.sim.director import Director
from gateway.vendors.sim.objects import Objects
from gateway.vendors.sim.records import RequestLog, Stats


@dataclass(frozen=True, slots=True)
class Identity:
    """What distinguishes one simulator's answers from another's."""

    seed: int
    run: str  # the prefix of every id of this run; letters and digits
    now_ms: Callable[[], int]  # the Unix time


@dataclass(frozen=True, slots=True)
class State:
    """The state that the inference paths write and the control paths show."""

    identity: Identity
    director: Director
    bill: Bill
    requests: RequestLog = field(default_factory=RequestLog)
    stats: Stats = field(default_factory=Stats)
    objects: Objects = field(default_factory=Objects)
