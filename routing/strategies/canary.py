"""Canary: one target gets a share of the callers, and each caller keeps its side."""

from collections.abc import Sequence
from hashlib import blake2b

from config import units
from config.addresses import model_name
from config.strategies import Option, StrategyKind
from routing.health import HealthView
from routing.plan import Candidate, Choice, Facts, Options
from routing.strategies import weighted


def order(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    """A share of the keys asks the canary first, the others last.

    A key on the canary's side stays there when the share grows.
    """
    name, share = options["target"], options["share"]
    usual = [each for each in candidates if each.name != name]
    choices = list(weighted.order(facts, usual, options, health)) if usual else []
    if len(usual) == len(candidates):
        return choices
    if side(facts.model, facts.caller) < share:
        return [Choice(name, f"canary, for {share:.3g} of the callers"), *choices]
    return [*choices, Choice(name, "canary, last for this caller")]


def side(group: str, caller: str) -> float:
    """A caller's fixed position in [0, 1), from a hash of group and caller."""
    digest = blake2b(f"{group}\0{caller}".encode(), digest_size=6).digest()
    return int.from_bytes(digest) / 2**48


STRATEGY = StrategyKind(
    order,
    options={
        "target": Option(model_name, required=True, names="target"),
        "share": Option(units.share, default=0.05),
    },
)
