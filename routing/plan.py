"""The order of targets for a call, and why: values in, values out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from config.strategies import StrategyKind
from routing.eligible import ANYTHING, Envelope, all_fit, envelope_of, why_not
from routing.facts import Candidate, Choice, Facts, Tariff
from routing.health import HealthView, TargetHealth, nothing_known

__all__ = ["Candidate", "Choice", "Facts", "Options", "Plan", "Planned", "Tariff", "Tier", "plan", "settled"]

Options = Mapping[str, Any]  # a group's settings for its strategy, checked and completed at load
_NONE: Mapping[str, Any] = MappingProxyType({})

# Derives a random number per target from one draw, so that planning stays a function of its facts.
_SPREAD, _STEP = 7919.0, 0.6180339887498949


class Note(NamedTuple):
    """A decision that concerns no single target; `numbers` are for training on it."""

    verdict: str
    reason: str
    numbers: dict[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Tier:
    """Candidates of one model group: all of them come before any of the next tier.

    `branches` are the tiers of other groups that the strategy chooses from, by the option that names them.
    """

    group: str
    strategy: str
    candidates: tuple[Candidate, ...]
    options: Options = field(default_factory=lambda: _NONE)
    branches: Mapping[str, tuple["Tier", ...]] = field(default_factory=lambda: _NONE)
    max_price: int | None = None  # nano-dollars that a call may be expected to cost here
    envelope: Envelope = field(default=ANYTHING, init=False)  # what all of the candidates can do
    plain: bool = field(default=False, init=False)  # each candidate is listed once, under no price cap
    mark: object = field(default_factory=object, init=False, compare=False)  # its key in Divisions

    def __post_init__(self) -> None:
        object.__setattr__(self, "envelope", envelope_of(self.candidates))
        different = {candidate.name for candidate in self.candidates}
        plain = 0 < len(different) == len(self.candidates) and self.max_price is None
        object.__setattr__(self, "plain", plain)


Plan = tuple[Choice, ...]
# A strategy gets eligible candidates only, and returns each of them exactly once.
Order = Callable[[Facts, Sequence[Candidate], Options, HealthView], Sequence[Choice]]


class Branching(NamedTuple):
    """The branches in the order in which they are tried, and why."""

    branches: tuple[str, ...]
    note: Note
    checked: bool = False  # the first branch's answer is verified before it is sent


Branch = Callable[[Facts, Options], Branching]


class Division(NamedTuple):
    """A tier's candidates by health: those to put in order, last resorts, and those to leave out."""

    ready: tuple[Candidate, ...] = ()
    last: Plan = ()
    limited: Plan = ()


Divisions = dict[object, Division]  # by the mark of their tier
_WHOLE = Division()
_RESTING = "resting"


class Span(NamedTuple):
    """A part of a plan whose answer a group verifies; if it is rejected, what follows is tried."""

    group: str
    begin: int
    end: int


class Planned(msgspec.Struct, frozen=True, gc=False):
    """A plan, and the notes about it. Outer spans come before those inside them."""

    choices: Plan
    left_out: tuple[Choice, ...] = ()  # each target that is not in the plan, with the reason
    notes: tuple[Note, ...] = ()
    spans: tuple[Span, ...] = ()


def plan(  # noqa: PLR0913 - all but the facts are the same for many calls
    facts: Facts,
    tiers: Sequence[Tier],
    strategies: Mapping[str, StrategyKind],
    health: HealthView = nothing_known,
    *,
    troubled: Collection[str] | None = None,
    divisions: Divisions | None = None,
) -> Planned:
    """Every target that may be asked, once, tier by tier, each tier ordered by its strategy.

    Targets with an open breaker come last; those at their vendor's limit are left out, unless there are no
    others: a possible answer is better than none.
    Deterministic: equal facts, tiers and health give the same plan. `troubled` are all targets that are open,
    probing or warming up, if the keeper of the health knows; None: unknown. It also caches `divisions`, until
    one of these changes.
    """
    if len(tiers) == 1 and troubled is not None:
        (tier,) = tiers
        strategy = strategies[tier.strategy]
        if tier.plain and strategy.branch is None and all_fit(facts, tier.envelope):
            if not troubled:
                return Planned(tuple(strategy.order(facts, tier.candidates, tier.options, health)))
            division = _WHOLE if divisions is None else divided(tier, health, troubled, divisions)
            if division.ready:
                ready = strategy.order(facts, division.ready, tier.options, health)
                return Planned((*ready, *division.last), division.limited)
    planning = _Planning(facts, strategies, health, troubled)
    for tier in tiers:
        planning.add(tier)
    if planning.resting:
        planning.wake()
    chosen, left_out = planning.chosen, planning.left_out
    if planning.resting:
        left_out = {**left_out, **planning.resting}
    without = [Choice(name, reason) for name, reason in left_out.items() if name not in chosen]
    return Planned(tuple(chosen.values()), tuple(without), tuple(planning.notes), planning.outer_first())


def divided(tier: Tier, health: HealthView, troubled: Collection[str], kept: Divisions) -> Division:
    """A plain tier's division, from `kept` if it is there: an open target is open for every call.

    It is empty if each call has to decide itself, because a target that warms up or probes gets a share.
    """
    found = kept.get(tier.mark)
    if found is None:
        found = kept[tier.mark] = _divided(tier, health, troubled)
    return found


def _divided(tier: Tier, health: HealthView, troubled: Collection[str]) -> Division:
    ready, resting = [], []
    for candidate in tier.candidates:
        if candidate.name not in troubled:
            ready.append(candidate)
            continue
        known = health(candidate.name)
        if not known.open:
            return _WHOLE
        resting.append((candidate.name, known))
    last = sorted((each for each in resting if not each[1].limited), key=_success)
    return Division(
        tuple(ready),
        tuple(Choice(name, _last, (known.reason or _RESTING,)) for name, known in last),
        tuple(Choice(name, known.reason or _RESTING) for name, known in resting if known.limited),
    )


def _success(resting: tuple[str, TargetHealth]) -> float:
    return -resting[1].success


class _Planning:
    """A plan under construction."""

    __slots__ = (
        "_facts",
        "_health",
        "_spans",
        "_strategies",
        "_troubled",
        "chosen",
        "left_out",
        "notes",
        "resting",
    )

    def __init__(
        self,
        facts: Facts,
        strategies: Mapping[str, StrategyKind],
        health: HealthView,
        troubled: Collection[str] | None,
    ) -> None:
        self._troubled = troubled
        self._facts = facts
        self._strategies = strategies
        self._health = health
        self.chosen: dict[str, Choice] = {}
        self.left_out: dict[str, str] = {}
        self.resting: dict[str, str] = {}
        self.notes: list[Note] = []
        self._spans: list[Span] = []

    def add(self, tier: Tier) -> None:
        strategy = self._strategies[tier.strategy]
        if strategy.branch is not None:
            branching: Branching = strategy.branch(self._facts, tier.options)
            self.notes.append(branching.note)
            for place, name in enumerate(branching.branches):
                began = len(self.chosen)
                for inner in tier.branches[name]:
                    self.add(inner)
                if branching.checked and place == 0 and len(self.chosen) > began:
                    self._spans.append(Span(tier.group, began, len(self.chosen)))
            return
        facts = self._facts if tier.max_price is None else _capped(self._facts, tier.max_price)
        fit = all_fit(facts, tier.envelope)
        ready: Sequence[Candidate] = tier.candidates
        late: Sequence[Choice] = ()
        if not fit or self._troubled is None or self._troubled:
            ready, late = self._eligible(facts, tier.candidates, fit)
        order: Order = strategy.order
        ordered = order(self._facts, ready, tier.options, self._health) if ready else ()
        chosen = self.chosen
        if not chosen and tier.plain:
            chosen = self.chosen = {choice.target: choice for choice in ordered}
        else:
            for choice in ordered:
                chosen.setdefault(choice.target, choice)
        for choice in late:
            chosen.setdefault(choice.target, choice)

    def outer_first(self) -> tuple[Span, ...]:
        """The spans by where they begin, outer ones first; they were found inside out."""
        if not self._spans:
            return ()
        return tuple(sorted(reversed(self._spans), key=lambda span: (span.begin, -span.end)))

    def wake(self) -> None:
        """Append open targets, those with the best success rate first.

        A target whose vendor asked us to wait stays left out, unless there is no other.
        """
        resting = [(-(known := self._health(name)).success, name, known.limited) for name in self.resting]
        if len(resting) > 1:
            resting.sort(key=_worth)
        for _, name, limited in resting:
            if not limited and name not in self.chosen:
                self.chosen[name] = Choice(name, _last, (self.resting[name],))
        if not self.chosen:
            for _, name, _ in resting:
                self.chosen[name] = Choice(name, f"nobody else is left: {self.resting[name]}")

    def _eligible(
        self, facts: Facts, candidates: Sequence[Candidate], fit: bool
    ) -> tuple[list[Candidate], list[Choice]]:
        """The targets to put in order, and those to put behind them because they are warming up.

        `fit`: no rule can exclude any of them.
        """
        ready: list[Candidate] = []
        late: list[Choice] = []
        troubled = self._troubled
        for number, candidate in enumerate(candidates):
            name = candidate.name
            if fit and troubled is not None and name not in troubled:
                ready.append(candidate)
                continue
            health = self._health(name)
            if not fit and (said := why_not(facts, candidate, health)):
                self.left_out[name] = said
            elif health.open:
                self.resting[name] = health.reason or _RESTING
            elif health.share < 1.0 and _chance(facts.draw, number) >= health.share:
                late.append(Choice(name, _after, (health.reason, health.share)))
            else:
                ready.append(candidate)
        return ready, late


def _capped(facts: Facts, cap: int | None) -> Facts:
    """The facts with a group's price cap applied: the lower one counts."""
    if cap is None or (facts.max_price is not None and facts.max_price <= cap):
        return facts
    return msgspec.structs.replace(facts, max_price=cap)


def _worth(resting: tuple[float, str, bool]) -> float:
    return resting[0]


def _last(reason: str) -> str:
    return f"the last resort: {reason}"


def _chance(draw: float, number: int) -> float:
    return (draw * _SPREAD + number * _STEP) % 1.0


def _after(reason: str, share: float) -> str:
    return f"after the others: {reason or f'{share:.0%} of its share'}"


def settled(tiers: Sequence[Tier]) -> Plan | None:
    """The plan if there is nothing to decide, whatever the call: it can be made at load.

    That is if each tier has one candidate, and none lacks a capability that a later one has. If a context
    window is too small, the vendor says so, and the next target is tried.
    """
    if any(len(tier.candidates) != 1 or tier.branches or tier.max_price is not None for tier in tiers):
        return None
    every = [tier.candidates[0] for tier in tiers]
    if any(_lacks_more(each, other) for place, each in enumerate(every) for other in every[place + 1 :]):
        return None
    chosen: dict[str, Choice] = {}
    for number, tier in enumerate(tiers):
        reason = "the only target" if number == 0 else f"fallback {tier.group}"
        chosen.setdefault(tier.candidates[0].name, Choice(tier.candidates[0].name, reason))
    return tuple(chosen.values())


def _lacks_more(candidate: Candidate, than: Candidate) -> bool:
    refused = candidate.refused and not than.refused
    return bool(refused) or not candidate.lacks <= than.lacks
