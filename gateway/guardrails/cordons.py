"""The guards that apply to a call: by team, by model, globally."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from config.catalog import Catalog, GuardFacts, GuardSettings
from config.discover import load
from config.extras import install
from config.guard_names import DISTANT_KINDS, NAMES, TOPICS
from gateway.guardrails.trusting import is_trusted, may_reach
from guardrails.distant import Distant, DistantKind
from guardrails.guard import Bindable, Formal, Guard, GuardKind, Openings, OpeningsKind, Skim, SkimKind, Stage

Made = TypeVar("Made")

_REQUESTS: frozenset[Stage] = frozenset(["input", "tool_result"])
# Relative costs of local guards: those that read a text more than once, or often find something, run last.
_COSTS = MappingProxyType({"size": 0, "words": 1, "links": 1, "secrets": 2, "pii": 3, "injection": 4})
_COST = 2
_KEPT = "\0"  # precedes a vendor's name in the key of a cordon for stored data
_MEASURING = frozenset(["language", "size"])


@dataclass(frozen=True, slots=True)
class Post:
    """A guard with its settings."""

    guard: Guard
    facts: GuardFacts

    @property
    def asks(self) -> bool:
        """Whether a person must approve what it finds."""
        return self.facts.approval is not None and self.facts.mode == "enforce"


@dataclass(frozen=True, slots=True)
class DistantPost:
    """A remote guard with its settings."""

    guard: Distant
    facts: GuardFacts

    @property
    def decides(self) -> bool:
        """Whether a call waits for it; one that only counts is asked in the background."""
        return self.facts.mode == "enforce" and self.guard.action != "flag"

    @property
    def asks(self) -> bool:
        """Whether a person must approve what it finds."""
        return self.facts.approval is not None and self.facts.mode == "enforce"


@dataclass(frozen=True, slots=True)
class Glance:
    """The guards of answers that one skim can usually clear; more is seldom needed."""

    skim: Skim
    posts: tuple[Post, ...]
    openings: Openings | None
    settings: GuardSettings
    issued: None = None  # as in a Shield; nothing is to be restored


@dataclass(frozen=True, slots=True)
class Cordon:
    """The guards for the calls of one team to one model."""

    input: tuple[Post, ...]
    output: tuple[Post, ...]
    unmask: bool
    settings: GuardSettings
    openings: Openings | None = None  # of the guards of answers
    results: tuple[Post, ...] = ()  # those that read tool results
    calls: tuple[Post, ...] = ()  # those that read the arguments of tool calls
    call_openings: Openings | None = None  # of the guards of those arguments
    distant: tuple[DistantPost, ...] = ()  # of requests
    distant_answers: tuple[DistantPost, ...] = ()
    skim: Skim | None = None  # clears requests in which no guard finds anything
    skim_answers: Skim | None = None  # the same for answers
    binds: bool = False  # whether a guard of answers depends on the request
    glance: Glance | None = None  # if this suffices for answers to requests in which nothing was masked
    lifts: bool = False  # whether a caller may choose to have masked values restored
    measures: bool = False  # whether a guard judges answers by more than patterns

    @property
    def enforces(self) -> bool:
        """Whether any guard of requests does more than count."""
        looking = [post.facts for post in (*self.input, *self.results)]
        return any(facts.mode == "enforce" for facts in (*looking, *(post.facts for post in self.distant)))

    @property
    def budget(self) -> float:
        """Seconds that inspecting a request may take."""
        return sum(post.facts.budget for post in _each(*self.input, *self.results, *self.output))


class Asking(NamedTuple):
    """The guards that need a person's approval before a run's tool calls, local and remote."""

    here: tuple[Post, ...]
    elsewhere: tuple[DistantPost, ...]


NOBODY = Asking((), ())


class Cordons:
    """Every cordon of a configuration; each is built when first needed."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        posts = {name: _post(catalog, name) for name in sorted(set(_named(catalog)))}
        self._posts = {name: post for name, post in posts.items() if isinstance(post, Post)}
        self._distant = {name: post for name, post in posts.items() if isinstance(post, DistantPost)}
        self.ask = any(post.asks for post in posts.values())
        self._cordons: dict[tuple[str, str, bool], Cordon | None] = {}
        self._compiled: dict[tuple[object, ...], Any] = {}

    @property
    def elsewhere(self) -> list[GuardFacts]:
        """The settings of the remote guards."""
        return [each.facts for each in self._distant.values()]

    def of(self, team: str, model: str) -> Cordon | None:
        """The cordon; None if no guard applies. Undeclared models share one."""
        return self._of(team, model, False)

    def of_run(self, team: str, model: str) -> Cordon | None:
        """The cordon in an agent's run, without guards that ask a person: those check its tool calls."""
        return self._of(team, model, True)

    def of_kept(self, team: str, vendor: str) -> Cordon | None:
        """The cordon for data that a vendor stores: the guards of all models whose calls may reach it."""
        key = (team, f"{_KEPT}{vendor}", False)
        if key not in self._cordons:
            models = ["", *(name for name in self._catalog.models if may_reach(self._catalog, name, vendor))]
            names = dict.fromkeys(name for model in models for name in self._standing(team, model))
            self._cordons[key] = self._cordon(team, names, False)
        return self._cordons[key]

    def _of(self, team: str, model: str, in_run: bool) -> Cordon | None:
        group = self._catalog.models.get(model)
        key = (team, "" if group is None else model, in_run)
        if key not in self._cordons:
            self._cordons[key] = self._cordon(team, self._standing(*key[:2]), in_run)
        return self._cordons[key]

    def _standing(self, team: str, model: str) -> list[str]:
        """The names of the guards, global, of the team and of the model, except those to be skipped."""
        facts = self._catalog.teams.get(team)
        of_team = () if facts is None else facts.guardrails
        of_model = self._catalog.models[model].guardrails if model else ()
        named = dict.fromkeys([*self._catalog.guardrails, *of_team, *of_model])
        return [name for name in named if not self._spares(name, team, model)]

    def _spares(self, name: str, team: str, model: str) -> bool:
        """Whether a guard is skipped: it trusts everyone who may see this team's calls to this model."""
        facts = self._catalog.guards.get(name)
        trusted = frozenset(() if facts is None else facts.trusted)
        return bool(trusted) and is_trusted(self._catalog, team, model, trusted)

    def asking(self, team: str, model: str) -> Asking:
        """The guards that need a person's approval."""
        cordon = self.of(team, model) if self.ask else None
        if cordon is None:
            return NOBODY
        distant = dict.fromkeys(post.facts.name for post in (*cordon.distant, *cordon.distant_answers))
        return Asking(
            tuple(post for post in _each(*cordon.calls, *cordon.results) if post.asks),
            tuple(self._distant[name] for name in distant if self._distant[name].asks),
        )

    def _cordon(self, team: str, names: Collection[str], in_run: bool) -> Cordon | None:
        catalog = self._catalog
        posts = [post for post in map(self._posts.get, names) if post and not (in_run and post.asks)]
        posts.sort(key=lambda post: _COSTS.get(post.facts.kind, _COST))  # the first to block decides
        distant = [post for post in map(self._distant.get, names) if post and not (in_run and post.asks)]
        if not posts and not distant:
            return None

        def at(stage: Stage) -> tuple[Post, ...]:
            return tuple(post for post in posts if stage in post.guard.stages)

        given, output, results, calls = at("input"), at("output"), at("tool_result"), at("tool_call")
        unmask = _unmask(catalog, team)
        once = self._once
        openings, skim_answers = once(_openings, output), None if calls else once(_skim, output)
        elsewhere = tuple(post for post in distant if post.guard.stages - _REQUESTS)
        return Cordon(
            given,
            output,
            unmask is True,
            catalog.guarding,
            openings,
            results,
            calls,
            once(_openings, _each(*output, *calls)) if calls else None,
            tuple(post for post in distant if post.guard.stages & _REQUESTS),
            elsewhere,
            # Guards of answers also inspect requests, because they do not report what the caller said itself.
            None if results else once(_skim, _each(*given, *output)),
            skim_answers,
            any(isinstance(post.guard, Bindable) for post in output),
            Glance(skim_answers, output, openings, catalog.guarding)
            if skim_answers and not elsewhere
            else None,
            bool(unmask),
            any(post.facts.kind in _MEASURING for post in output),
        )

    def _once(self, compiled: Callable[[Collection[Post]], Made], posts: Collection[Post]) -> Made:
        """Compiles for some guards, which takes about 100 ms, once for all teams and models."""
        key = (compiled, *(post.facts.name for post in posts))
        if key not in self._compiled:
            self._compiled[key] = compiled(posts)
        made: Made = self._compiled[key]
        return made


def _each(*posts: Post) -> list[Post]:
    """Each guard once, regardless of its number of stages."""
    return list({post.facts.name: post for post in posts}.values())


def _openings(posts: Collection[Post]) -> Openings | None:
    if not posts:
        return None
    patterns = [pattern for post in posts for pattern in post.guard.partial]
    return load("guardrails", "ends", "OPENINGS", OpeningsKind).build(patterns)


def _skim(posts: Collection[Post]) -> Skim | None:
    """A Skim for these guards; None if any looks for more than patterns, or only reads some roles' texts."""
    patterns: list[str] = []
    for post in posts:
        if not isinstance(post.guard, Formal) or post.facts.roles:
            return None
        patterns += post.guard.forms
    return load("guardrails", "skimming", "SKIM", SkimKind).build(patterns) if patterns else None


def unguarded(catalog: Catalog, team: str) -> Cordon:
    """A cordon without guards, which restores values that were masked earlier."""
    unmask = _unmask(catalog, team)
    return Cordon((), (), unmask is True, catalog.guarding, lifts=bool(unmask))


def _unmask(catalog: Catalog, team: str) -> bool | str:
    facts = catalog.teams.get(team)
    return True if facts is None else facts.unmask


def cordons_of(catalog: Catalog) -> Cordons | None:
    """The cordons; None if no guard is named, so that nothing is loaded. Raises ValueError on a bad guard."""
    return Cordons(catalog) if any(True for _ in _named(catalog)) else None


def _named(catalog: Catalog) -> Iterator[str]:
    yield from catalog.guardrails
    for team in catalog.teams.values():
        yield from team.guardrails
    for group in catalog.models.values():
        yield from group.guardrails


def _post(catalog: Catalog, name: str) -> Post | DistantPost:
    facts = catalog.guards.get(name) or GuardFacts(name, name)
    if facts.kind in (NAMES, TOPICS) and find_spec("numpy") is None:
        wanted = install("semantic")
        raise ValueError(f"The guard '{name}' reads by meaning and needs the extra `semantic`: {wanted}")
    if facts.kind in DISTANT_KINDS:
        return DistantPost(load("guardrails.guards", facts.kind, "GUARD", DistantKind).build(facts), facts)
    kind = load("guardrails.guards", facts.kind, "GUARD", GuardKind)
    return Post(kind.build(facts), facts)
