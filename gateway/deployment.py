"""A configuration prepared for serving: everything that can be built once is built here."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType, ModuleType
from urllib.parse import quote as quote_path

from cachetools import LRUCache

from config.capabilities import UNKNOWN, Capabilities
from config.catalog import Catalog, ModelGroup, SchemaRule, Target, Vendor
from config.kinds import Operation
from gateway.around.judges import Cascade, Shadow, cascades_of, model_of, shadow_of, without_shadows
from gateway.attempts.quoting import NO_TIERS, by_tier, quoted
from gateway.caching.rules import CacheRules
from gateway.formats import ONLY_IN, relayed_by
from gateway.guardrails.cordons import Cordons, cordons_of
from gateway.prompt_caching import with_marks
from gateway.routing.candidates import candidate_of, every, wanted_by
from gateway.routing.capabilities import capabilities_of
from gateway.routing.groups import alternatives, around, holds_schemas, in_order, with_fallbacks
from gateway.signing.proofs import Proof, Proofs
from gateway.targets.admission import Gate
from gateway.targets.health import Health
from gateway.upstream import Origin, Upstream, header_line
from gateway.ways import Ways, filled_path, request_head, ways_of
from ledger.prices import PriceBook, Quote
from routing.difficulty.model import Model
from routing.faults import Fault
from routing.plan import Candidate, Plan, Span, Tier, settled
from routing.recent import Recent
from routing.target import KeyState, TargetState

# Names that match a pattern come from callers, so the number of routes built for them is bounded.
_PATTERN_ROUTES = 4096
_NO_ALTERNATIVES: Mapping[Fault, Plan] = MappingProxyType({})
_NO_RELAYS: Mapping[Operation, "Relay"] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Relay:
    """How relayed calls, streamed through as bytes in both directions, reach one target."""

    head: bytes  # without the content type: the caller's is sent
    drops: frozenset[str] = frozenset()  # members of a JSON body that the vendor does not know
    unbilled: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """How calls reach one target with one of the vendor's keys."""

    key: KeyState
    ways: Ways


@dataclass(frozen=True, slots=True)
class Line:
    """One target with everything that a call to it needs."""

    target: str
    tally_key: tuple[str, str]  # vendor and model in metrics: bounded by the configuration
    vendor: Vendor
    model: str
    upstream: Upstream
    ways: Ways  # those of the first lane
    quote: Quote | None  # None: unpriced, and `unpriced: deny` is set
    answer_block: bytes  # header lines of its answers
    capabilities: Capabilities
    proof: Proof | None  # signs each request, if the vendor does not take a key in a header
    state: TargetState
    lanes: tuple[Lane, ...]  # one per key of the vendor, at least one
    gate: Gate | None = None  # bounds concurrent calls
    relays: Mapping[Operation, Relay] = field(default_factory=lambda: _NO_RELAYS)  # by the caller's operation
    tiers: Mapping[str, Quote] = field(default_factory=lambda: NO_TIERS)  # by the tier a vendor served in


@dataclass(frozen=True, slots=True)
class Route:
    """One model name with its targets, in tiers: the group's own, then each fallback's."""

    name: str
    label: str  # for metrics: the declared name, or the pattern that matched
    tiers: tuple[Tier, ...]
    settled: Plan | None
    lines: Mapping[str, Line]
    alternatives: Mapping[Fault, Plan] = field(default_factory=lambda: _NO_ALTERNATIVES)
    retries: int = 0  # how often a plan's only target may be retried
    hedged: bool = False  # whether a second target is asked if the first is late
    wants: frozenset[str] = frozenset()  # the routing facts that planning it needs
    json_schema: SchemaRule | None = None  # None: answers are not validated
    model: Model | None = None  # scores a call's difficulty, if a group needs it
    learns: bool = False  # whether scored calls are recorded for training
    around: tuple[str, ...] = ()  # names in `gateway.around.kinds.LAYERS`: what wraps the attempts
    cascades: Mapping[str, Cascade] = field(default_factory=dict)  # by group: its own and nested ones
    shadow: Shadow | None = None
    spans: tuple[Span, ...] = ()  # of one call's plan: what cascades verify


class UpstreamPool:
    """The upstream of each origin, kept across configurations so that a reload drops no connection."""

    def __init__(self, proofs: Proofs | None = None) -> None:
        self._upstreams: dict[Origin, Upstream] = {}
        self._proofs = proofs

    def proof(self, vendor: Vendor) -> Proof | None:
        """Signs the requests to this vendor; None if the headers suffice."""
        return None if self._proofs is None else self._proofs.get(vendor)

    def get(self, vendor: Vendor) -> Upstream:
        origin = Origin.of(
            vendor.base_url,
            max_connections=vendor.max_connections,
            ca_file=vendor.ca_file,
            client_cert=vendor.client_cert,
            client_key=vendor.client_key,
            proxy=vendor.proxy,
        )
        upstream = self._upstreams.get(origin)
        if upstream is None:
            upstream = self._upstreams[origin] = Upstream(origin)
        return upstream

    async def aclose(self) -> None:
        for upstream in self._upstreams.values():
            await upstream.aclose()


@dataclass(slots=True)
class Deployment:
    """A catalog, its prices and its routes. Routes of patterns are built when first requested."""

    catalog: Catalog
    book: PriceBook
    upstreams: UpstreamPool
    health: Health = field(default_factory=Health)
    batch: bool = False  # its calls are billed at batch prices
    validating: ModuleType | None = None  # gateway.around.validating, if a group validates its answers
    cordons: Cordons | None = field(init=False)
    copies: bool = False  # whether any team stores contents
    gated: bool = False  # whether any vendor has a concurrency limit
    caching: CacheRules | None = field(init=False)  # None: no team has a cache
    _routes: dict[str, Route] = field(default_factory=dict)
    _pattern_routes: LRUCache[str, Route] = field(default_factory=lambda: LRUCache(_PATTERN_ROUTES))
    _relays: dict[str, Mapping[Operation, Relay]] = field(default_factory=dict)  # by vendor

    def __post_init__(self) -> None:
        # Its library takes 10 MB, so it is imported only if a group needs it.
        checked = any(map(holds_schemas, self.catalog.models.values()))
        self.validating = importlib.import_module("gateway.around.validating") if checked else None
        self.cordons = cordons_of(self.catalog)
        self.copies = self.catalog.retention.contents
        self.caching = CacheRules(self.catalog) if self.catalog.cache.used else None
        for group in self.catalog.models.values():
            self._routes[group.name] = self._build(group, label=group.name)
        self.gated = any(vendor.concurrency for vendor in self.catalog.vendors.values())

    @property
    def targets(self) -> frozenset[str]:
        """Every target that the configuration names."""
        return frozenset(name for route in self._routes.values() for name in route.lines)

    def route(self, model: str) -> Route | None:
        """The route of a model name, or None if neither a name nor a pattern matches."""
        route = self._routes.get(model) or self._pattern_routes.get(model)
        if route is not None:
            return route
        group = self.catalog.resolve(model)
        if group is None:
            return None
        found = self.catalog.patterns.find(model)
        route = self._build(group, label=model if found is None else found[0].pattern)
        self._pattern_routes[model] = route
        return route

    def _build(self, group: ModelGroup, label: str) -> Route:
        lines: dict[str, Line] = {}
        every_tier = self._tiers(group, label, lines)
        tiers = without_shadows(every_tier)
        others = {
            fault: [found for name in names if (found := self.catalog.resolve(name)) is not None]
            for fault, names in alternatives(group).items()
        }
        for other in (each for found in others.values() for each in found):
            self._open(other, label, lines)
        for line in lines.values() if group.hedge else ():
            line.state.recent = line.state.recent or Recent()
        wants, cascades = wanted_by(tiers), cascades_of(tiers)
        return Route(
            group.name,
            label,
            tiers,
            settled(tiers),
            lines,
            in_order(others),
            group.retries,
            group.hedge,
            wants,
            group.json_schema,
            model_of(tiers) if "difficulty" in wants else None,
            any(tier.options.get("learn") for tier in every(tiers)),
            around(group, cascades=bool(cascades)),
            cascades,
            shadow_of(every_tier),
        )

    def _tiers(self, group: ModelGroup, label: str, lines: dict[str, Line]) -> tuple[Tier, ...]:
        """The group's own tier, then each fallback's; adds the lines of their targets to `lines`."""
        tiers = []
        for each in with_fallbacks(group, self.catalog.resolve):
            self._open(each, label, lines)
            branches = {
                option: self._tiers(chosen, label, lines)
                for option, name in each.strategy.branches.items()
                if (chosen := self.catalog.resolve(name)) is not None
            }
            candidates = tuple(self._candidate(target, lines[target.name]) for target in each.targets)
            strategy = each.strategy
            tiers.append(
                Tier(each.name, strategy.name, candidates, strategy.options, branches, each.max_price)
            )
        return tuple(tiers)

    def _open(self, group: ModelGroup, label: str, lines: dict[str, Line]) -> None:
        """Adds a line for each target of the group that has none yet."""
        declared = group.name in self.catalog.models
        for target in group.targets:
            if target.name not in lines:
                line = self._line(target, target.model if declared else label, declared)
                lines[target.name] = with_marks(line) if group.prompt_cache else line

    @staticmethod
    def _candidate(target: Target, line: Line) -> Candidate:
        return candidate_of(target, line.vendor, line.capabilities, line.quote)

    def _line(self, target: Target, label: str, declared: bool) -> Line:
        vendor = self.catalog.vendors[target.vendor]
        capabilities = capabilities_of(self.catalog.capabilities, self.book, vendor, target.model)
        state = self.health.target(target.name, (vendor.name, label), vendor.keys, declared=declared)
        lanes = tuple(
            Lane(key, ways_of(replace(vendor, api_key=secret), target.model, capabilities))
            for key, secret in zip(state.keys, vendor.keys or (None,), strict=True)
        )
        return Line(
            target=target.name,
            tally_key=(vendor.name, label),
            vendor=vendor,
            model=target.model,
            upstream=self.upstreams.get(vendor),
            ways=lanes[0].ways,
            quote=self.quote(vendor, target.model),
            answer_block=header_line("x-signalbox-target", quote_path(target.name, safe="/:@")),
            capabilities=capabilities,
            proof=self.upstreams.proof(vendor),
            state=state,
            lanes=lanes,
            gate=self.health.gate(target.name, vendor) if vendor.concurrency else None,
            relays=self._relays_of(vendor, target.model),
            tiers=by_tier(self.book, vendor, target.model),
        )

    def _relays_of(self, vendor: Vendor, model: str) -> Mapping[Operation, Relay]:
        """Shared by all models of a vendor if its paths contain no model: callers may name thousands."""
        shared = self._relays.get(vendor.name)
        if shared is not None:
            return shared
        relays = _relays(vendor, model)
        if not any("{model}" in path for each, path in vendor.kind.paths.items() if each.relayed):
            self._relays[vendor.name] = relays
        return relays

    def for_batches(self) -> "Deployment":
        """A copy at batch prices; itself, if no price differs for batches."""
        settings = self.catalog.settings
        assumed = [settings.assumed_price] if settings.assumed_price is not None else []
        if all(price.batch == 100 for price in (*self.catalog.prices, *assumed)):
            return self
        return Deployment(self.catalog, self.book, self.upstreams, batch=True)

    def errand(self, vendor: Vendor, name: str) -> Line:
        """A line for a call to the vendor itself and no model; `name` stands in for the model's."""
        return Line(
            target=f"{vendor.name}/{name}",
            tally_key=(vendor.name, name),
            vendor=vendor,
            model=name,
            upstream=self.upstreams.get(vendor),
            ways=Ways(),
            quote=self.quote(vendor, name),
            answer_block=b"",
            capabilities=UNKNOWN,
            proof=self.upstreams.proof(vendor),
            state=TargetState(name),  # belongs to no target: planning does not use it
            lanes=(),
        )

    def quote(self, vendor: Vendor, model: str) -> Quote | None:
        """The current price of a model at a vendor; None if it is unknown and `unpriced: deny` is set."""
        told = quoted(self.catalog.settings, self.book, vendor, model)
        return told if told is None or not self.batch else told._replace(price=told.price.for_batch())


def _relays(vendor: Vendor, model: str) -> dict[Operation, Relay]:
    relays = {}
    for operation in Operation:
        theirs = relayed_by(operation, vendor.kind.paths) if operation.relayed else None
        if theirs is not None:
            drops = ONLY_IN[operation] if theirs is not operation else frozenset()
            head = request_head(vendor, "POST", filled_path(vendor, model, vendor.kind.paths[theirs]))
            relays[operation] = Relay(head, drops, theirs in vendor.kind.unbilled)
    return relays
