"""By how much a soft budget can be overspent, by the calls in flight when it is reached."""

from collections.abc import Iterator
from dataclasses import dataclass

from config.catalog import Catalog
from config.limit import SPEND, Limit
from gateway.deployment import Deployment, Line
from gateway.metering.allowances import payable
from gateway.metering.estimating import OVERHEAD
from ledger.money import format_dollars
from ledger.scope import compile_scope


@dataclass(frozen=True, slots=True)
class Overshoot:
    """The most nano-dollars above a soft budget; None: unbounded, and `why` says what a bound needs."""

    owner: str
    most: int | None
    why: str

    @property
    def sentence(self) -> str:
        """For display to the operator."""
        if self.most is None:
            return f"the soft budget of {self.owner} has no bound: {self.why}"
        return (
            f"the soft budget of {self.owner} is overspent by {format_dollars(self.most)} at most: {self.why}"
        )


def overshoots(deployment: Deployment) -> list[Overshoot]:
    """One for each soft budget in the configuration, in its order.

    Each call in flight when the budget is reached may cost the most that its models allow; their number is
    bounded by a `concurrent` limit of the same account.
    """
    catalog = deployment.catalog
    found = []
    for owner, limits, models in accounts(catalog):
        opened = [limit.amount for limit in limits if limit.kind == "concurrent" and limit.models is None]
        for limit in limits:
            if limit.kind == SPEND and not limit.hard:
                found.append(_overshoot(deployment, owner, limit, models, min(opened, default=None)))
    return found


def accounts(catalog: Catalog) -> Iterator[tuple[str, tuple[Limit, ...], tuple[str, ...] | None]]:
    """Each account in the configuration, its limits, and the models it may use (None: all)."""
    for name, limits in catalog.organisations.items():
        yield f"organisation {name}", limits, None
    for name, team in catalog.teams.items():
        yield f"team {name}", team.limits, team.models
        for user, limits in team.users.items():
            yield f"user {name}/{user}", limits, team.models
    for name, limits in catalog.tags.items():
        yield f"tag {name}", limits, None


def _overshoot(
    deployment: Deployment, owner: str, limit: Limit, models: tuple[str, ...] | None, opened: int | None
) -> Overshoot:
    if opened is None:
        return Overshoot(owner, None, "it needs a limit `concurrent` beside it")
    scopes = [compile_scope(each) for each in (models, limit.models) if each is not None]
    patterns = [rule.pattern for rule in deployment.catalog.passthroughs if rule.pattern.endswith("*")]
    open_to = [
        pattern
        for pattern in patterns
        if all(scope.allows(pattern[:-1] + "\0") or scope.prefixes for scope in scopes)
        and not (scopes and all(not scope.prefixes for scope in scopes))
    ]
    if open_to:
        return Overshoot(owner, None, f"'{open_to[0]}' takes models of any price; name models instead")
    dearest = 0
    for name in deployment.catalog.models:
        route = deployment.route(name)
        if route is None or not all(scope.allows(name) for scope in scopes):
            continue
        whole = 0  # of a call that fails at every target but the last
        for line in payable(route):
            most = _most(line, deployment.catalog.settings.max_body_bytes)
            if most is None:
                said = (
                    f"nobody knows how long an answer of '{line.target}' may be; say it under `capabilities`"
                )
                return Overshoot(owner, None, said)
            whole += most
        dearest = max(dearest, whole)
    why = f"{opened} open calls of {format_dollars(dearest)} each"
    return Overshoot(owner, opened * dearest, why)


def _most(line: Line, body: int) -> int | None:
    if line.quote is None:
        return 0  # such a call is refused
    if line.quote.price.ceiling(1, 1) == 0:
        return 0
    facts = line.capabilities
    if facts.output is None:
        return None
    tokens = body + OVERHEAD if facts.context is None else facts.context
    return line.quote.price.ceiling(tokens, facts.output)
