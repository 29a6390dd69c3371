"""Finds all limits that apply to a caller, with their usage so far from the ledger."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

from config.capabilities import Capabilities
from config.catalog import Catalog
from config.limit import BATCH, Amounts, Limit
from config.limiting import KINDS
from gateway.deployment import Deployment, Line, Route
from gateway.errors import Unavailable
from gateway.metering.history import UnderWay
from gateway.metering.leasing import History, Leasing
from gateway.metering.overrunning import Told
from gateway.routing.candidates import every
from ledger.meters.allowance import Part
from ledger.meters.learning import Learned
from ledger.meters.leased import Leased
from ledger.meters.meter import Meter
from ledger.meters.registry import Metered, MeterId, Meters, Owner
from ledger.meters.tariff import Tariff
from ledger.principal import Principal
from ledger.scope import compile_scope
from storage.errors import StoreError

log = logging.getLogger("signalbox.limits")

MOST_REMEMBERED = 4096  # bounded, since callers choose model names under a pattern
_AWAY_MS = 15_000  # pause after the ledger failed: longer than one attempt takes
UNKNOWN_OUTPUT = 16_384  # tokens, if the longest answer of a model is unknown


SEVERAL = (
    "Several workers would each count limits and budgets alone, and admit too much: name a Redis for them to "
    "share (`stores.redis`), start `signalbox serve` with one worker, or take the limits out."
)


async def one_of_several() -> str:
    """The reason why one of several workers cannot count limits alone."""
    return SEVERAL


class Allowance:
    """All limits on one key with one model, and what is known about its calls."""

    __slots__ = (
        "alerting",
        "bounded",
        "context",
        "counts",
        "debtors",
        "deployment",
        "learned",
        "lines",
        "money",
        "output",
        "parts",
        "picture",
        "principal",
        "strict",
        "tariff",
        "tariffs",
        "told",
    )

    def __init__(self, principal: Principal, deployment: Deployment, parts: tuple[Part, ...]) -> None:
        self.principal = principal
        self.deployment: Deployment | None = deployment  # None: outdated, since one of its meters was removed
        self.parts = parts
        self.learned = Learned()
        self.lines: tuple[Line, ...] = ()
        self.context: int | None = None  # largest context window of any target, in tokens; None: unknown
        self.picture: int | None = None  # most tokens of one image at any target; None: unknown
        self.output = UNKNOWN_OUTPUT  # the longest answer of any target
        self.bounded = False  # whether `output` is the vendors' own limit, which need not be sent
        self.tariff = Tariff.of(())
        self.tariffs: Mapping[str, Tariff] = {}  # by service tier with a separate price
        self.counts = any(part.ends for part in parts)
        self.money = tuple(part for part in parts if part.meter.limit.kind == "spend")
        self.alerting = tuple(part for part in parts if part.ends and part.meter.limit.alert_at)
        self.strict = any(part.meter.limit.hard for part in parts)
        self.told = Told(parts)
        leased = (part.meter for part in parts if isinstance(part.meter, Leased))
        self.debtors = tuple((each.debt, each.hard) for each in leased if each.debt is not None)

    def go_to(self, route: Route) -> None:
        """Read the targets' capabilities and prices."""
        lines = self.lines = payable(route)
        prices = [line.quote.price for line in lines if line.quote is not None]
        self.tariff = Tariff.of(prices)
        apart = {name for line in lines for name in line.tiers}
        # A vendor without capacity in a tier may serve the call in the standard one.
        self.tariffs = {
            name: Tariff.of([*prices, *(line.tiers[name].price for line in lines if name in line.tiers)])
            for name in apart
        }
        known: list[Capabilities] = [line.capabilities for line in lines]
        if known and all(facts.context for facts in known):
            self.context = max(facts.context or 0 for facts in known)
        if known and all(facts.image_tokens for facts in known):
            self.picture = max(facts.image_tokens or 0 for facts in known)
        if known and all(facts.output for facts in known):
            self.output = max(facts.output or 0 for facts in known)
            self.bounded = True


class Allowances:
    """Resolves the limits of each caller and model once per configuration."""

    def __init__(
        self,
        history: History | None,
        clock_ms: Callable[[], int],
        *,
        alone: Callable[[], Awaitable[str]] | None = None,
        leasing: Leasing | None = None,
        under_way: UnderWay | None = None,
    ) -> None:
        """`under_way` makes a new meter count the calls already in flight, as they end.

        `alone` returns why this process cannot count by itself, or ""; with `leasing` it is not called.
        """
        self.meters = Meters(Meter if leasing is None else Leased)
        self.leasing = leasing
        self._alone = alone
        self._history = history
        self._clock_ms = clock_ms
        self._found: dict[tuple[str, str], Allowance] = {}
        self._under_way = under_way
        self._reading: dict[MeterId, asyncio.Lock] = {}
        self._failed_at: int | None = None  # when reading the ledger last failed, or was retried after that

    def known(self, principal: Principal, model: str, deployment: Deployment) -> Allowance | None:
        """The result of an earlier `find`, if still valid."""
        found = self._found.get((principal.key_id, model))
        if found is None or found.principal is not principal or found.deployment is not deployment:
            return None
        return found

    async def find(self, principal: Principal, model: str, deployment: Deployment) -> Allowance:
        """Raises Unavailable if the ledger cannot be read and a limit must not count from zero."""
        route = deployment.route(model) if principal.allows(model) else None
        now = self._clock_ms()
        parts: list[Part] = []
        certain = True
        batch = BATCH in principal.tags or _steps_back(deployment.catalog, principal)
        self._forget(principal, deployment.catalog)
        held: list[Metered] = []
        theirs = [
            (owner, limit)
            for owner, limit in limits_of(principal, deployment.catalog)
            if limit.models is None or route is not None and compile_scope(limit.models).allows(model)
        ]
        if theirs:
            await self._stand_alone()  # before reading the ledger, which another gateway may still change
        for owner, limit in theirs:
            metered = self._meter(owner, limit, now)
            held.append(metered)
            if isinstance(metered.meter, Leased) and self.leasing is not None:
                place = owner.level if owner.level == "tag" else principal.organisation
                self.leasing.know(metered.id, metered.meter, place)
                parts.append(Part(metered.meter, KINDS[limit.kind], str(owner)))
                continue
            certain = (not metered.fresh or await self._count(metered, limit)) and certain
            spare = limit.amount * limit.kept // 100 if batch else 0
            parts.append(Part(metered.meter, KINDS[limit.kind], str(owner), spare))
        found = Allowance(principal, deployment, tuple(parts))
        before = self._found.get((principal.key_id, model))
        if before is not None:
            found.learned = before.learned
        if route is not None:
            found.go_to(route)
        # While the ledger was read, a call under other limits may have removed a meter.
        if certain and route is not None and all(map(self.meters.holds, held)):
            if len(self._found) >= MOST_REMEMBERED:
                self._found.clear()
            self._found[principal.key_id, model] = found
        return found

    async def _stand_alone(self) -> None:
        if self.leasing is None and self._alone is not None and (why := await self._alone()):
            raise Unavailable(why)

    def _meter(self, owner: Owner, limit: Limit, now: int) -> Metered:
        metered = self.meters.find(owner, limit, now)
        if metered.new and self._under_way is not None:
            self._under_way(metered.id, metered.meter)
        return metered

    def _forget(self, principal: Principal, catalog: Catalog) -> None:
        """Remove the meters of limits that no longer exist above this key: its call passes uncounted."""
        levels = levels_of(principal, catalog)
        self._part({meter for owner, limits in levels for meter in self.meters.keep(owner, limits)})

    def set_back(self, now: int) -> None:
        """The clock was set back to `now`: drop meters of later windows, and read their usage anew."""
        self._part(set(self.meters.set_back(now)))

    def _part(self, gone: set[Meter]) -> None:
        if not gone:
            return
        for found in self._found.values():
            if any(part.meter in gone for part in found.parts):
                found.deployment = None
        for meter in gone:
            if isinstance(meter, Leased) and self.leasing is not None:
                self.leasing.forget(meter)

    async def lease(self, allowance: Allowance, likely: Amounts, worst: Amounts) -> None:
        """Lease what a call's meters lack in this process; without Redis, apply each limit's rule.

        Raises Unavailable if the rule is to deny.
        """
        assert self.leasing is not None
        now = self._clock_ms()
        lacking: list[tuple[Leased, int]] = []
        for part in allowance.parts:
            meter = part.meter
            amount = part.kind.of(worst if meter.hard else likely)
            if isinstance(meter, Leased) and amount > meter.room(now):
                lacking.append((meter, amount))
        try:
            await self.leasing.ensure(lacking)
        except StoreError as error:
            for meter, amount in lacking:
                if not meter.fall_back(amount, now) and meter.limit.on_store_failure == "deny":
                    raise Unavailable(
                        "Limits are counted in Redis, which does not answer; try again later."
                    ) from error

    async def shown(self) -> list[tuple[MeterId, Meter]]:
        """Every meter of this process, with the current usage of all processes if Redis answers."""
        if self.leasing is not None:
            try:
                await self.leasing.look()
            except StoreError as error:
                log.warning("the usage of other processes may be stale: %s", error)
        return self.meters.items()

    async def _count(self, metered: Metered, limit: Limit) -> bool:
        """Add the ledger's usage to a new meter, once; False if it counts from zero for now.

        Calls that need the same meter wait for the same read. After a failure one call retries some seconds
        later; the others continue at once.
        """
        if self._history is None:
            return True
        if self._resting():
            return self._guess(metered, limit)
        async with self._reading.setdefault(metered.id, asyncio.Lock()):
            if not self.meters.fresh(metered):
                return True  # another call did meanwhile
            if self._resting():
                return self._guess(metered, limit)
            if self._failed_at is not None:
                self._failed_at = self._clock_ms()
            try:
                used = await self._history(metered.id, metered.meter)
            except StoreError as error:
                self._failed_at = self._clock_ms()
                log.warning("the usage of %s cannot be read: %s", metered.id.owner, error)
                return self._guess(metered, limit)
            self._failed_at = None
            metered.meter.restore(used, self._clock_ms())
            if self.meters.holds(metered):
                self.meters.counted(metered.id)
                self._reading.pop(metered.id, None)
        return True

    def _resting(self) -> bool:
        return self._failed_at is not None and 0 <= self._clock_ms() - self._failed_at < _AWAY_MS

    def _guess(self, metered: Metered, limit: Limit) -> bool:
        """Count from zero for now, if the limit permits that; otherwise raises Unavailable."""
        if limit.on_store_failure == "deny":
            raise Unavailable(
                f"The usage of {metered.id.owner} cannot be read at the moment; try again later."
            )
        return False


def payable(route: Route) -> tuple[Line, ...]:
    """The targets that callers pay for: a shadow's copies are not charged."""
    lines, shadow = route.lines, route.shadow
    if shadow is None:
        return tuple(lines.values())
    asked = {each.name for tier in every(route.tiers) for each in tier.candidates}
    asked.update(choice.target for plan in route.alternatives.values() for choice in plan)
    return tuple(line for name, line in lines.items() if name != shadow.target or name in asked)


def _steps_back(catalog: Catalog, principal: Principal) -> bool:
    team = catalog.teams.get(principal.team)
    return team is not None and team.priority == "batch"


def limits_of(principal: Principal, catalog: Catalog) -> Iterator[tuple[Owner, Limit]]:
    """Every limit that applies to a key, from the organisation down."""
    for owner, limits in levels_of(principal, catalog):
        for limit in limits:
            yield owner, limit


def levels_of(principal: Principal, catalog: Catalog) -> list[tuple[Owner, Sequence[Limit]]]:
    """All owners of limits on a key, including itself, and their limits: for most, none."""
    team = catalog.teams.get(principal.team)
    levels: list[tuple[Owner, Sequence[Limit]]] = [
        (
            Owner("organisation", principal.organisation),
            catalog.organisations.get(principal.organisation, ()),
        ),
        (Owner("team", principal.team), team.limits if team is not None else ()),
        (
            Owner.of_user(principal.team, principal.user),
            team.users.get(principal.user, ()) if team is not None else (),
        ),
        (Owner("key", principal.key_id), principal.limits),
    ]
    levels += [
        (Owner("tag", f"{name}={value}"), catalog.tags.get(f"{name}={value}", ()))
        for name, value in principal.tags
    ]
    return levels
