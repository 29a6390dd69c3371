"""Every meter of this process, found by whose it is and what it counts; kept over reloads."""

from collections.abc import Callable
from typing import NamedTuple

from config.limit import Level, Limit
from ledger.meters.meter import Meter


class Owner(NamedTuple):
    """Whose limit it is. A user is named `team/user`, a tag `name=value`, a key by its id."""

    level: Level
    name: str

    def __str__(self) -> str:
        return f"{self.level} {self.name}"


class MeterId(NamedTuple):
    """What makes two limits one meter: all of them but the amount and how it is kept."""

    owner: Owner
    kind: str
    per: str
    models: tuple[str, ...] | None
    zone: str


class Metered(NamedTuple):
    """A meter with its name. `fresh`: what the ledger knows of earlier use was not counted yet."""

    id: MeterId
    meter: Meter
    fresh: bool


class Meters:
    """A limit that is changed goes on with what was used; one that is taken away is forgotten by `keep`."""

    def __init__(self, make: Callable[[Limit, int], Meter] = Meter) -> None:
        self._make = make
        self._meters: dict[MeterId, Meter] = {}
        self._fresh: set[MeterId] = set()

    def find(self, owner: Owner, limit: Limit, now: int) -> Metered:
        """The meter of this limit, made when there is none."""
        name = MeterId(owner, limit.kind, limit.per, limit.models, limit.zone)
        meter = self._meters.get(name)
        if meter is None:
            meter = self._meters[name] = self._make(limit, now)
            self._fresh.add(name)
        elif meter.limit != limit:
            meter.relimit(limit)
        return Metered(name, meter, name in self._fresh)

    def counted(self, name: MeterId) -> None:
        """What the ledger knew is in the meter now."""
        self._fresh.discard(name)

    def items(self) -> list[tuple[MeterId, Meter]]:
        """All of them, in the order of their making."""
        return list(self._meters.items())
