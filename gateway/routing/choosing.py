"""Asks `routing` for a plan, with facts instead of prompts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count

from cachetools import LRUCache

from config.catalog import Catalog, TeamFacts
from config.errors import did_you_mean
from config.strategies import StrategyKind
from dialects.needs import needs_of
from gateway.call import Call, Cleared
from gateway.deployment import Line, Route
from gateway.errors import BadRequest, ModelNotFound, NotAllowed, NoTargetFits
from gateway.routing.affinity import affinity_of
from gateway.routing.candidates import wanted_by
from gateway.routing.learning import Learning, Sample
from gateway.routing.ordered import ordered_by
from gateway.routing.scoring import UNJUDGED, Judgement, Scoring
from gateway.routing.wishes import Wishes, read_wishes
from routing.difficulty.features import Features
from routing.facts import Facts
from routing.plan import Choice, Note, Plan, Planned, Tier, plan
from routing.regions import within
from routing.standing import standing

NO_TEAM = TeamFacts("", "")
_MOST_TURNS = 4096  # groups with a turn counter: bounded, since names that match a pattern come from callers
_HINT = "'vendor/model' names one at a vendor that `models` passes to."
_AGENT_HINT = "agents are declared under `agents:`, and asked at /v1/responses or /v1/chat/completions."


class Router:
    """Plans calls. Draws the random numbers that plans use, so that planning itself stays pure."""

    def __init__(
        self,
        strategies: Mapping[str, StrategyKind],
        random: Callable[[], float],
        learning: Learning | None = None,
    ) -> None:
        self._strategies = strategies
        self._random = random
        self._learning = learning
        self._scoring = Scoring()
        self._turns: LRUCache[str, count[int]] = LRUCache(_MOST_TURNS)

    def plan(self, cleared: Cleared) -> tuple[Route, Plan]:
        """The call's route and its targets in order; the decisions are recorded in its trail.

        Raises ModelNotFound, NotAllowed, BadRequest or ControlNotAllowed, and NoTargetFits with the reason
        for each target.
        """
        call, principal = cleared.call, cleared.principal
        model = call.asked.model
        if not principal.allows(model):
            raise NotAllowed(
                f"This key may not use the model '{model}'. Ask for one of those that GET /v1/models lists.",
                param="model",
            )
        route = call.deployment.route(model)
        if route is None:
            hint = _hint(model, call.deployment.catalog)
            near = did_you_mean(
                model, [each for each in call.deployment.catalog.models if principal.allows(each)]
            )
            raise ModelNotFound(
                f"The model '{model}' does not exist here. {near}{' ' * bool(near)}"
                f"GET /v1/models lists those that do; {hint}",
                param="model",
            )
        call.label = route.label
        team = call.deployment.catalog.teams.get(principal.team, NO_TEAM)
        wishes = read_wishes(call.headers, call.body, team.controls, call.asked.parts)
        if call.pins is not None:
            wishes = wishes.at(call.pins)
        if route.settled is not None and wishes.plain and team.regions is None:
            found = route.settled
            if len(found) > 1 and not call.deployment.health.calm:
                found = self._healthy(call, found)
            return route, found
        return self._decide(cleared, route, wishes, team)

    def aside(self, cleared: Cleared, tiers: Sequence[Tier], *, as_it_is: bool = False) -> Plan:
        """The plan of a second call made on behalf of this one; empty if no target may be asked.

        It is bound to the call's regions and vendors; with `as_it_is`, it needs the same capabilities, too.
        """
        call = cleared.call
        team = call.deployment.catalog.teams.get(cleared.principal.team, NO_TEAM)
        wishes = read_wishes(call.headers, call.body, team.controls, call.asked.parts)
        bound = Wishes(regions=wishes.regions, vendors=wishes.vendors)
        if call.pins is not None:
            bound = bound.at(call.pins)
        wants = wanted_by(tiers) if as_it_is else wanted_by(tiers) - {"needs"}
        facts = self._facts(cleared, wants, (bound, team, UNJUDGED))
        return plan(facts, tiers, self._strategies, call.deployment.health.view).choices

    def _healthy(self, call: Call, found: Plan) -> Plan:
        health = call.deployment.health
        health.refresh()
        found, skipped = standing(found, health.view, self._random())
        for choice in skipped:
            call.trail.append(("route", "skipped", f"{choice.target}: {choice.reason}", {}))
        return found

    def _decide(self, cleared: Cleared, route: Route, wishes: Wishes, team: TeamFacts) -> tuple[Route, Plan]:
        call = cleared.call
        health = call.deployment.health
        if not health.calm:
            health.refresh()
        tiers, wants = route.tiers, route.wants
        if wishes.strategy is not None:
            tiers, wants = self._reordered(tiers, wishes.strategy)
        judged = self._scoring.judge(cleared, route.model) if route.model is not None else UNJUDGED
        facts = self._facts(cleared, wants, (wishes, team, judged))
        planned = plan(
            facts,
            tiers,
            self._strategies,
            health.view,
            troubled=health.troubled,
            divisions=health.divisions,
        )
        for note in planned.notes:
            call.trail.append(("plan", note.verdict, note.reason, note.numbers))
        if route.learns and planned.notes and judged.seen is not None and self._learning is not None:
            self._learning.sample(_sample(cleared, judged.seen, planned.notes[0]))
        for choice in planned.left_out:
            call.trail.append(("left out", choice.target, choice.reason, {}))
        if not planned.choices:
            raise _nobody(route.name, planned)
        if planned.spans:
            route = replace(route, spans=planned.spans)
        if wishes.go_on:
            route = replace(route, around=(*route.around, "continue"))
        if facts.regions is not None or facts.vendors is not None:
            route = _narrowed(route, facts, call.pins)
        return route, planned.choices

    def _reordered(self, tiers: Sequence[Tier], wanted: str) -> tuple[tuple[Tier, ...], frozenset[str]]:
        strategy = self._strategies.get(wanted)
        if strategy is None or any(option.required for option in strategy.options.values()):
            simple = [
                name
                for name, kind in self._strategies.items()
                if not any(option.required for option in kind.options.values())
            ]
            raise BadRequest(
                f"'x-signalbox-strategy' is '{wanted[:100]}'; allowed: {', '.join(simple)}.",
                param="x-signalbox-strategy",
            )
        return ordered_by(tiers, wanted, strategy)

    def _facts(
        self, cleared: Cleared, wants: frozenset[str], known: tuple[Wishes, TeamFacts, Judgement]
    ) -> Facts:
        """Computes only the facts that are wanted."""
        wishes, team, judged = known
        call, asked = cleared.call, cleared.call.asked
        body = cleared.body
        sized = "size" in wants or wishes.max_price is not None
        return Facts(
            asked.model,
            self._random(),
            call.dialect.input_estimate(body) if sized else 0,
            asked.max_output,
            needs_of(call.dialect.name, body) if "needs" in wants else frozenset(),
            _both(team.regions, wishes.regions),
            wishes.max_price,
            wishes.vendors,
            cleared.principal.key_id,
            affinity_of(call.headers, call.body, cleared.principal.key_id) if "affinity" in wants else "",
            self._turn(asked.model) if "turn" in wants else 0,
            judged.score,
            judged.rank,
            wishes.dial,
            call.held.drained if judged.seen is not None and call.held is not None else 0.0,
        )

    def _turn(self, group: str) -> int:
        turns = self._turns.get(group)
        if turns is None:
            turns = self._turns[group] = count()
        return next(turns)


def _narrowed(route: Route, facts: Facts, pins: Mapping[str, str] | None) -> Route:
    """The route of a call bound to regions or vendors: its alternatives after a refusal are bound, too."""
    regions, vendors = facts.regions, facts.vendors
    if pins is not None:
        route = replace(route, lines={name: _pinned(line, pins) for name, line in route.lines.items()})
    if not route.alternatives:
        return route

    def fits(choice: Choice) -> bool:
        vendor = route.lines[choice.target].vendor
        inside = regions is None or within(vendor.region, regions)
        return inside and (vendors is None or vendor.name in vendors)

    kept = {fault: tuple(filter(fits, found)) for fault, found in route.alternatives.items()}
    return replace(route, alternatives={fault: found for fault, found in kept.items() if found})


def _pinned(line: Line, accounts: Mapping[str, str]) -> Line:
    """The line restricted to the pinned account's key, if that key is still known."""
    account = accounts.get(line.vendor.name)
    lanes = tuple(lane for lane in line.lanes if lane.key.name == account)
    return replace(line, lanes=lanes) if len(lanes) == 1 < len(line.lanes) else line


def _sample(cleared: Cleared, seen: Features, note: Note) -> Sample:
    call = cleared.call
    propensity = float(note.numbers.get("propensity", 1.0))
    asked = (call.id, cleared.principal.team, call.asked.model)
    return Sample(*asked, note.verdict, propensity, seen.words, [round(each, 5) for each in seen.figures])


def _both(team: frozenset[str] | None, caller: frozenset[str] | None) -> frozenset[str] | None:
    """The intersection; a caller can only narrow what its team allows."""
    if team is None or caller is None:
        return caller if team is None else team
    return team & caller


def _hint(model: str, catalog: Catalog) -> str:
    """A hint for an unknown model name."""
    if model.startswith("agent:"):
        return _AGENT_HINT
    vendor, slash, _ = model.partition("/")
    if slash and vendor in catalog.vendors:
        return (
            f'`models` of the configuration needs `"{vendor}/*": {{ passthrough: {vendor} }}` for this one.'
        )
    return _HINT


def _nobody(model: str, planned: Planned) -> NoTargetFits:
    reasons = "; ".join(f"{choice.target}: {choice.reason}" for choice in planned.left_out)
    return NoTargetFits(f"No target of '{model}' fits this call. {reasons}.", param="model")
