"""Loads what a route's decisions need: difficulty models, cascades' settings, shadow targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from gateway.routing.candidates import every
from routing.difficulty.model import Model, load
from routing.plan import Options, Tier


@dataclass(frozen=True, slots=True)
class Cascade:
    """How the answers of a cascade's cheap side are verified."""

    group: str
    options: Options
    judge: tuple[Tier, ...] = ()  # the judge's targets
    model: Model | None = None  # its strong side reads questions, its weak side answers


def cascades_of(tiers: Sequence[Tier]) -> Mapping[str, Cascade]:
    """Every cascade that a route leads to, by group.

    Raises OSError or ValueError if a model cannot be used.
    """
    return {tier.group: _cascade(tier) for tier in every(tiers) if tier.strategy == "cascade"}


def _cascade(tier: Tier) -> Cascade:
    options = tier.options
    judge = tier.branches.get("judge", ()) if "judge" in options["verify"] else ()
    model = _answers(options["model"]) if "model" in options["verify"] else None
    return Cascade(tier.group, options, judge, model)


def _answers(file: object) -> Model:
    model = load(Path(str(file)).read_bytes())
    if not model.about.get("cascade"):
        raise ValueError(f"{file} has learnt from questions alone: train it with --cascade")
    return model


@dataclass(frozen=True, slots=True)
class Shadow:
    """The target that gets copies of a route's calls, and the limits on them."""

    group: str
    target: str
    tier: Tier  # with this target alone
    share: float
    budget: int  # nano-dollars per day
    learn: bool


def shadow_of(tiers: Sequence[Tier]) -> Shadow | None:
    """The shadow of a route's own group, or None; shadows of fallbacks and branches are ignored."""
    tier = tiers[0]
    if tier.strategy != "shadow":
        return None
    at = tier.options
    alone = tuple(each for each in tier.candidates if each.name == at["target"])
    only = Tier(tier.group, "weighted", alone, max_price=tier.max_price)
    return Shadow(tier.group, at["target"], only, at["share"], at["budget"], at["learn"])


def without_shadows(tiers: Sequence[Tier]) -> tuple[Tier, ...]:
    """The tiers without shadow targets, which must never be in a plan."""
    return tuple(map(_without, tiers))


def _without(tier: Tier) -> Tier:
    inner = {key: without_shadows(under) for key, under in tier.branches.items()}
    if tier.strategy != "shadow":
        return replace(tier, branches=inner) if inner else tier
    seen = tuple(each for each in tier.candidates if each.name != tier.options["target"])
    return replace(tier, candidates=seen)


def model_of(tiers: Sequence[Tier]) -> Model:
    """The model of the first group that needs one: from its file, else the prior. Called at load.

    Raises OSError or ValueError if a file cannot be used.
    """
    options = next((tier.options for tier in every(tiers) if tier.strategy == "difficulty"), {})
    file = options.get("model")
    return prior() if file is None else load(Path(str(file)).read_bytes())


@lru_cache(maxsize=1)
def prior() -> Model:
    """The bundled model, for use until a team has labels of its own."""
    return load((files("routing.difficulty") / "prior.bin").read_bytes())
