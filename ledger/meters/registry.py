"""Every meter of this process, by owner and what it counts; kept across reloads."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from config.limit import Level, Limit
from ledger.meters.meter import Meter


class Owner(NamedTuple):
    """Whose limit it is. A user is named `team/user`, a tag `name=value`, a key by its id."""

    level: Level
    name: str

    @classmethod
    def of_user(cls, team: str, user: str) -> "Owner":
        """A user of a team, in whose name a slash is encoded: no other user is called the same."""
        return cls("user", f"{team.replace('%', '%25').replace('/', '%2F')}/{user}")

    @property
    def team_and_user(self) -> tuple[str, str]:
        """Who `of_user` was told."""
        team, _, user = self.name.partition("/")
        return team.replace("%2F", "/").replace("%25", "%"), user

    def __str__(self) -> str:
        return f"{self.level} {self.name}"


class MeterId(NamedTuple):
    """What identifies a meter: everything about a limit but its amount and its mode."""

    owner: Owner
    kind: str
    per: str
    models: tuple[str, ...] | None
    zone: str

    @classmethod
    def of(cls, owner: Owner, limit: Limit) -> "MeterId":
        """Of this owner's limit."""
        return cls(owner, limit.kind, limit.per, limit.models, limit.zone)


class Metered(NamedTuple):
    """A meter with its name. `fresh`: what the ledger knows of earlier use was not counted yet."""

    id: MeterId
    meter: Meter
    fresh: bool
    new: bool  # nobody found it before


class Meters:
    """A changed limit keeps its usage; a removed one is forgotten by `keep`."""

    def __init__(self, make: Callable[[Limit, int], Meter] = Meter) -> None:
        self._make = make
        self.by_owner: dict[Owner, dict[MeterId, Meter]] = {}  # no owner without a meter
        self._fresh: set[MeterId] = set()

    def find(self, owner: Owner, limit: Limit, now: int) -> Metered:
        """The meter of this limit, made when there is none."""
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
        """Forget all meters of this owner but those of these limits; those that went.

        A call under no limit is counted by nobody: from then on a meter knows less than the ledger, and
        one that is made anew begins with what that knows.
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
        """The clock was set back to this: forget the meters whose windows are not yet; those that went."""
        gone = [name for name, meter in self.items() if meter.set_back(now)]
        self._fresh.difference_update(gone)
        meters = [self.by_owner[name.owner].pop(name) for name in gone]
        for owner in {name.owner for name in gone}:
            if not self.by_owner[owner]:
                del self.by_owner[owner]
        return meters

    def holds(self, metered: Metered) -> bool:
        """Whether it is still the meter of its name."""
        return self.by_owner.get(metered.id.owner, {}).get(metered.id) is metered.meter

    def fresh(self, metered: Metered) -> bool:
        """Whether it is, and waits for what the ledger knows."""
        return metered.id in self._fresh and self.holds(metered)

    def counted(self, name: MeterId) -> None:
        """What the ledger knew is in the meter now."""
        self._fresh.discard(name)

    def items(self) -> list[tuple[MeterId, Meter]]:
        """All of them, those of an owner together, in the order of their making."""
        return [item for held in self.by_owner.values() for item in held.items()]
