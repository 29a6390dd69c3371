"""Replans recorded calls: what would another configuration have done with them?"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple

from config.catalog import TeamFacts
from config.strategies import found_strategies
from dialects.usage import Usage
from gateway.deployment import Deployment, Route
from ledger.reports import trail
from ledger.row import UsageRow
from ledger.scope import compile_scope
from routing.cost import expected_ms
from routing.facts import Facts
from routing.health import UNKNOWN, HealthView, Standing, TargetHealth
from routing.plan import plan

MOST_CALLS = 200_000  # rows: fits easily into memory
_NO_TEAM = TeamFacts("", "")


@dataclass(slots=True)
class Sum:
    """Totals of calls; `timed` is how many of them have a time."""

    calls: int = 0
    cost: float = 0.0  # nano-dollars
    refused: int = 0
    timed: int = 0
    ms: float = 0.0

    @property
    def mean_ms(self) -> float:
        return self.ms / self.timed if self.timed else 0.0

    def add(self, cost: float, ms: float) -> None:
        self.calls += 1
        self.cost += cost
        if ms:
            self.timed += 1
            self.ms += ms


@dataclass(slots=True)
class Replayed:
    """Totals before and after, overall and by target."""

    calls: int = 0
    moved: int = 0
    unpriced: int = 0
    before: Sum = field(default_factory=Sum)
    after: Sum = field(default_factory=Sum)
    by_before: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    by_after: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)  # count by code and message

    def targets(self) -> Iterator[tuple[str, Sum, Sum]]:
        """Each target with its totals before and after, the one with the most calls first."""
        names = {*self.by_before, *self.by_after}
        nobody = Sum()
        both = [(name, self.by_before.get(name, nobody), self.by_after.get(name, nobody)) for name in names]
        both.sort(key=_size)
        yield from both


def _size(entry: tuple[str, Sum, Sum]) -> tuple[int, str]:
    return -max(entry[1].calls, entry[2].calls), entry[0]


class _Choice(NamedTuple):
    """A replanned call's outcome: a target, or the code and message of a refusal."""

    target: str = ""
    code: str = ""
    message: str = ""


def replay(rows: Sequence[UsageRow], deployment: Deployment) -> Replayed:
    """Plans each recorded request once with this deployment, keeping its token counts."""
    view = measured(rows)
    found = Replayed()
    for attempts in requests(rows):
        _replay_one(attempts, deployment, view, found)
    return found


def _replay_one(
    attempts: Sequence[UsageRow], deployment: Deployment, view: Mapping[str, TargetHealth], found: Replayed
) -> None:
    last = attempts[-1]
    found.calls += 1
    was = "" if last.status == "refused" else _name(last)
    if was:
        paid = sum(row.cost for row in attempts)
        for total in (found.before, found.by_before[was]):
            total.add(paid, last.total_ms if last.status == "ok" else 0.0)
    else:
        found.before.refused += 1
    choice = _planned(last, deployment, view)
    if not choice.target:
        found.after.refused += 1
        found.refusals[(choice.code, choice.message)] += 1
        return
    found.moved += choice.target != was
    health = view.get(choice.target, UNKNOWN)
    cost, priced = _cost(last, choice.target, deployment, health)
    found.unpriced += not priced
    ms = last.total_ms if choice.target == was and last.status == "ok" else _time(last, health)
    for total in (found.after, found.by_after[choice.target]):
        total.add(cost, ms)


def requests(rows: Iterable[UsageRow]) -> list[list[UsageRow]]:
    """The attempts grouped by request, in order."""
    together: dict[str, list[UsageRow]] = {}
    for row in rows:
        together.setdefault(row.attempt_id.rpartition(".")[0], []).append(row)
    for attempts in together.values():
        attempts.sort(key=_number)
    return list(together.values())


def _number(row: UsageRow) -> int:
    number = row.attempt_id.rpartition(".")[2]
    return int(number) if number.isdigit() else 0


def measured(rows: Iterable[UsageRow]) -> Mapping[str, TargetHealth]:
    """How each target performed in these rows: plain means, since all of it is past."""
    by: dict[str, list[UsageRow]] = defaultdict(list)
    for row in rows:
        if row.vendor:
            by[_name(row)].append(row)
    return {name: _standing(theirs) for name, theirs in by.items()}


def _standing(rows: Sequence[UsageRow]) -> Standing:
    good = [row for row in rows if row.status == "ok"]
    bad = sum(row.status in ("error", "timeout", "cut") for row in rows)
    read = sum(row.usage.input for row in good)
    written = sum(row.usage.output for row in good)
    first = [row.first_ms - row.queue_ms for row in good if row.first_ms]
    told = sum(row.total_ms - row.first_ms for row in good if row.stream and row.first_ms)
    streamed = sum(row.usage.output for row in good if row.stream)
    return Standing(
        success=len(good) / (len(good) + bad) if good or bad else 1.0,
        first_token_ms=sum(first) / len(first) if first else 0.0,
        per_token_ms=told / streamed if streamed else 0.0,
        output_tokens=written / len(good) if good else 0.0,
        cached_share=sum(row.usage.cached_read for row in good) / read if read else 0.0,
    )


def _planned(row: UsageRow, deployment: Deployment, view: Mapping[str, TargetHealth]) -> _Choice:
    catalog = deployment.catalog
    team = catalog.teams.get(row.team, _NO_TEAM)
    if team.models is not None and not compile_scope(team.models).allows(row.model_asked):
        return _Choice(code="model_not_allowed", message=f"team {row.team} may not use {row.model_asked}")
    route = deployment.route(row.model_asked)
    if route is None:
        return _Choice(code="model_not_found", message=f"no model {row.model_asked}")
    if route.settled is not None and team.regions is None:
        return _Choice(route.settled[0].target)
    planned = plan(facts_of(row, route, team), route.tiers, found_strategies(), _total(view))
    if not planned.choices:
        reasons = "; ".join(f"{choice.target}: {choice.reason}" for choice in planned.left_out)
        return _Choice(code="no_target_fits", message=f"{row.model_asked}: {reasons}")
    return _Choice(planned.choices[0].target)


def facts_of(row: UsageRow, route: Route, team: TeamFacts) -> Facts:
    """The facts that a row preserves. The draw is derived from the request id: replays are deterministic."""
    digest = blake2b(row.attempt_id.rpartition(".")[0].encode(), digest_size=6).digest()
    number = int.from_bytes(digest)
    judged = _judged(row)
    return Facts(
        row.model_asked,
        number / 2**48,
        row.usage.input,
        regions=team.regions,
        caller=row.key_id,
        affinity=row.user,
        turn=number,
        score=judged.get("score"),
        rank=judged.get("rank", 1.0),
    )


def _judged(row: UsageRow) -> dict[str, Any]:
    """The difficulty router's recorded numbers."""
    return next((step.numbers for step in trail(row) if step.stage == "plan" and "rank" in step.numbers), {})


def _total(view: Mapping[str, TargetHealth]) -> HealthView:
    return lambda name: view.get(name, UNKNOWN)


def _cost(row: UsageRow, target: str, deployment: Deployment, health: TargetHealth) -> tuple[float, bool]:
    """Nano-dollars for the same tokens at `target`, with its cached share; and whether its price is known."""
    usage = row.usage
    if target != _name(row):
        usage = Usage(
            input=usage.input, output=usage.output, cached_read=round(usage.input * health.cached_share)
        )
    vendor, _, model = target.partition("/")
    quote = deployment.quote(deployment.catalog.vendors[vendor], model)
    if quote is None:
        return 0.0, False
    return float(quote.price.cost(usage)), quote.priced


def _time(row: UsageRow, health: TargetHealth) -> float:
    return expected_ms(Facts(row.model_asked, 0.0, max_output=row.usage.output or None), health)


def _name(row: UsageRow) -> str:
    return f"{row.vendor}/{row.model_served}"


def as_document(found: Replayed) -> dict[str, Any]:
    """The comparison as plain data; costs in nano-dollars."""

    def told(total: Sum) -> dict[str, float]:
        return {
            "calls": total.calls,
            "refused": total.refused,
            "cost_nano": round(total.cost),
            "mean_ms": total.mean_ms,
        }

    return {
        "calls": found.calls,
        "moved": found.moved,
        "unpriced": found.unpriced,
        "before": told(found.before),
        "after": told(found.after),
        "targets": {name: {"before": told(b), "after": told(a)} for name, b, a in found.targets()},
        "refusals": [
            {"code": code, "message": message, "calls": count}
            for (code, message), count in found.refusals.most_common()
        ],
    }
