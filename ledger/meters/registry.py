"""All meters of this process, by owner and what they count; kept across reloads."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from config.limit import Level, Limit
from ledger.meters.meter import Meter


class Owner(NamedTuple):
    """The owner of a limit. A user is named `team/user`, a tag `name=value`, a key by its id."""

    level: Level
    name: str

    @classmethod
    def of_user(cls, team: str, user: str) -> "Owner":
        """A user of a team; a slash in the team's name is percent-encoded, so that names are unique."""
        return cls("user", f"{team.replace('%', '%25').replace('/', '%2F')}/{user}")

    @property
    def team_and_user(self) -> tuple[str, str]:
        """The arguments of `of_user`."""
        team, _, user = self.name.partition("/")
        return team.replace("%2F", "/").replace("%25", "%"), user

    def __str__(self) -> str:
        return f"{self.level} {self.name}"


class MeterId(NamedTuple):
    """A meter's identity: everything about a limit except its amount and mode."""

    owner: Owner
    kind: str
    per: str
    models: tuple[str, ...] | None
    zone: str

    @classmethod
    def of(cls, owner: Owner, limit: Limit) -> "MeterId":
        """The identity of an owner's limit."""
        return cls(owner, limit.kind, limit.per, limit.models, limit.zone)


class Metered(NamedTuple):
    """A meter with its identity. `fresh`: earlier usage from the ledger is not counted yet."""

    id: MeterId
    meter: Meter
    fresh: bool
    new: bool  # created by this look-up


class Meters:
    """A changed limit keeps its usage; `keep` forgets removed ones."""

    def __init__(self, make: Callable[[Limit, int], Meter] = Meter) -> None:
        self._make = make
        self.by_owner: dict[Owner, dict[MeterId, Meter]] = {}  # no owner without a meter
        self._fresh: set[MeterId] = set()

    def find(self, owner: Owner, limit: Limit, now: int) -> Metered:
        """The meter of this limit, created if there is none."""
        name = MeterId.of(owner, limit)
        meter = self.by_owner.setdefault(owner, {}).get(name)
        new = meter is None
        if meter is None:
            meter = self.by_owner[owner][name] = self._make(limit, now)
            self._fresh.add(name)
        elif meter.limit != limit:
            meter.relimit(limit)
        return Metered(name, meter, name in self._fresh, new)

    def keep(self, owner: Owner, limits: Iterable[Limit]) -> list[Meter]:
        """Forget all meters of this owner except those of these limits; returns the removed ones.

        Without a limit calls are not counted, so a removed meter would know less than the ledger; one
        created later starts from the ledger's usage.
        """
        held = self.by_owner.get(owner)
        if not held:
            return []
        named = {MeterId.of(owner, limit) for limit in limits}
        gone = [name for name in held if name not in named]
        self._fresh.difference_update(gone)
        meters = [held.pop(name) for name in gone]
        if not held:
            del self.by_owner[owner]
        return meters

    def set_back(self, now: int) -> list[Meter]:
        """The clock was set back to `now`: forget the meters whose windows began later; returns them."""
        gone = [name for name, meter in self.items() if meter.set_back(now)]
        self._fresh.difference_update(gone)
        meters = [self.by_owner[name.owner].pop(name) for name in gone]
        for owner in {name.owner for name in gone}:
            if not self.by_owner[owner]:
                del self.by_owner[owner]
        return meters

    def holds(self, metered: Metered) -> bool:
        """Whether it is still the registered meter of its identity."""
        return self.by_owner.get(metered.id.owner, {}).get(metered.id) is metered.meter

    def fresh(self, metered: Metered) -> bool:
        """Whether it is registered and its earlier usage from the ledger is not counted yet."""
        return metered.id in self._fresh and self.holds(metered)

    def counted(self, name: MeterId) -> None:
        """The ledger's earlier usage is now counted in the meter."""
        self._fresh.discard(name)

    def items(self) -> list[tuple[MeterId, Meter]]:
        """All meters, grouped by owner, in order of creation."""
        return [item for held in self.by_owner.values() for item in held.items()]
