"""The guards that apply to a call, resolved at load: by team, by model, globally."""

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
# What a look takes, in steps: those that read a text more than once, or often find something, come last.
_COSTS = MappingProxyType({"size": 0, "words": 1, "links": 1, "secrets": 2, "pii": 3, "injection": 4})
_COST = 2
_KEPT = "\0"  # before a vendor's name, where a cordon is of no model
_MEASURING = frozenset(["language", "size"])


@dataclass(frozen=True, slots=True)
class Post:
    """A guard with what its settings say about it."""

    guard: Guard
    facts: GuardFacts

    @property
    def asks(self) -> bool:
        """Whether it wants a person's word about what it finds."""
        return self.facts.approval is not None and self.facts.mode == "enforce"


@dataclass(frozen=True, slots=True)
class DistantPost:
    """The same of a guard whose judgement is somebody else's."""

    guard: Distant
    facts: GuardFacts

    @property
    def decides(self) -> bool:
        """Whether a call waits for it: what only counts is asked beside the call."""
        return self.facts.mode == "enforce" and self.guard.action != "flag"

    @property
    def asks(self) -> bool:
        """Whether it wants a person's word about what it finds."""
        return self.facts.approval is not None and self.facts.mode == "enforce"


@dataclass(frozen=True, slots=True)
class Glance:
    """What stands before answers of which one look says that nothing is in them; seldom more is needed."""

    skim: Skim
    posts: tuple[Post, ...]
    openings: Openings | None
    settings: GuardSettings
    issued: None = None  # as a shield has it: nothing is to come back


@dataclass(frozen=True, slots=True)
class Cordon:
    """What stands before the calls of one team to one model."""

    input: tuple[Post, ...]
    output: tuple[Post, ...]
    unmask: bool
    settings: GuardSettings
    openings: Openings | None = None  # of the guards of answers
    results: tuple[Post, ...] = ()  # those that read what tools gave
    calls: tuple[Post, ...] = ()  # those that read what a model asks of tools
    call_openings: Openings | None = None  # of the guards of a call's arguments
    distant: tuple[DistantPost, ...] = ()  # of requests
    distant_answers: tuple[DistantPost, ...] = ()
    skim: Skim | None = None  # says at one look that no guard of requests finds anything
    skim_answers: Skim | None = None  # the same of answers
    binds: bool = False  # whether a guard of answers looks at each in the light of its request
    glance: Glance | None = None  # all that answers need of whose requests nothing was masked, where it is
    lifts: bool = False  # whether a caller may choose to get back what was masked
    measures: bool = False  # whether a guard judges answers by more than forms

    @property
    def enforces(self) -> bool:
        """Whether any guard of requests does more than count what it would do."""
        looking = [post.facts for post in (*self.input, *self.results)]
        return any(facts.mode == "enforce" for facts in (*looking, *(post.facts for post in self.distant)))

    @property
    def budget(self) -> float:
        """Seconds that an inspection of a request may take."""
        return sum(post.facts.budget for post in _each(*self.input, *self.results, *self.output))


class Asking(NamedTuple):
    """The guards that want a person's word before a run's calls of tools."""

    here: tuple[Post, ...]
    elsewhere: tuple[DistantPost, ...]


NOBODY = Asking((), ())


class Cordons:
    """Every cordon of a configuration; each is put together when it is first needed."""

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
        """The guards that ask somebody else."""
        return [each.facts for each in self._distant.values()]

    def of(self, team: str, model: str) -> Cordon | None:
        """None where no guard stands; models that nobody declared share one cordon."""
        return self._of(team, model, False)

    def of_run(self, team: str, model: str) -> Cordon | None:
        """In an agent's run those that ask a person stand before the calls of tools, and not here."""
        return self._of(team, model, True)

    def of_kept(self, team: str, vendor: str) -> Cordon | None:
        """For what a vendor keeps of conversations: those of all models whose calls may have come to it."""
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
        """The names of those that everybody, the team or the model wants, but for those that spare it."""
        facts = self._catalog.teams.get(team)
        of_team = () if facts is None else facts.guardrails
        of_model = self._catalog.models[model].guardrails if model else ()
        named = dict.fromkeys([*self._catalog.guardrails, *of_team, *of_model])
        return [name for name in named if not self._spares(name, team, model)]

    def _spares(self, name: str, team: str, model: str) -> bool:
        """Whether a guard has nothing against whoever may see calls of this team to this model."""
        facts = self._catalog.guards.get(name)
        trusted = frozenset(() if facts is None else facts.trusted)
        return bool(trusted) and is_trusted(self._catalog, team, model, trusted)

    def asking(self, team: str, model: str) -> Asking:
        """Those of them that want a person's word."""
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
        posts.sort(key=lambda post: _COSTS.get(post.facts.kind, _COST))  # where they block, the cheap decide
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
            # What a caller says is remembered for guards of answers, which look for it in requests.
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
        """What is compiled of some guards, which takes some 100 ms, is the same for all teams and models."""
        key = (compiled, *(post.facts.name for post in posts))
        if key not in self._compiled:
            self._compiled[key] = compiled(posts)
        made: Made = self._compiled[key]
        return made


def _each(*posts: Post) -> list[Post]:
    """Each guard once, however many stages it stands at."""
    return list({post.facts.name: post for post in posts}.values())


def _openings(posts: Collection[Post]) -> Openings | None:
    if not posts:
        return None
    patterns = [pattern for post in posts for pattern in post.guard.partial]
    return load("guardrails", "ends", "OPENINGS", OpeningsKind).build(patterns)


def _skim(posts: Collection[Post]) -> Skim | None:
    """None where any of them looks for more than forms, or at some of the texts alone."""
    patterns: list[str] = []
    for post in posts:
        if not isinstance(post.guard, Formal) or post.facts.roles:
            return None
        patterns += post.guard.forms
    return load("guardrails", "skimming", "SKIM", SkimKind).build(patterns) if patterns else None


def unguarded(catalog: Catalog, team: str) -> Cordon:
    """What gives back what was masked before, where no guard stands now."""
    unmask = _unmask(catalog, team)
    return Cordon((), (), unmask is True, catalog.guarding, lifts=bool(unmask))


def _unmask(catalog: Catalog, team: str) -> bool | str:
    facts = catalog.teams.get(team)
    return True if facts is None else facts.unmask


def cordons_of(catalog: Catalog) -> Cordons | None:
    """None where nothing names a guard: then nothing of guards is loaded. ValueError: one cannot be made."""
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
