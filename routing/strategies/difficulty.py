"""Difficulty: hard calls go to the strong group, others to the cheap one, split by a dial."""

from collections.abc import Sequence

from config import units
from config.addresses import model_name, text_line
from config.strategies import Option, StrategyKind
from routing.difficulty.dial import dialled, dials
from routing.health import HealthView
from routing.plan import Branching, Candidate, Choice, Facts, Note, Options

_SPREAD = 104_729.0  # makes the coin independent of the group's own use of the draw


def branch(facts: Facts, options: Options) -> Branching:
    """Strong first if the call is among the hardest `dial` share of the team's recent ones, else cheap first.

    A share `explore` of the calls is decided by a coin. The note holds the propensity of the chosen side, to
    weight the sample in training. A call without text, such as an embedding, asks the strong side first.
    """
    if facts.score is None:
        return Branching(("strong", "cheap"), Note("strong", "nothing to judge it by", {}))
    dial = dialled(options, facts.dial, facts.drained)
    explore: float = options["explore"]
    strong = dial > 0.0 and facts.rank >= 1.0 - dial
    told = f"harder than {facts.rank:.0%} of late calls, the dial is {dial:g}"
    coin = facts.draw * _SPREAD % 1.0
    side = coin < explore / 2 if coin < explore else strong
    chance = explore / 2 + (1.0 - explore if side == strong else 0.0)
    numbers: dict[str, float | int | str] = {
        "score": round(facts.score, 5),
        "rank": round(facts.rank, 4),
        "dial": dial,
        "propensity": round(chance, 5),
    }
    branches = ("strong", "cheap") if side else ("cheap", "strong")
    return Branching(
        branches, Note(branches[0], f"{'a coin decided; ' if coin < explore else ''}{told}", numbers)
    )


def order(
    facts: Facts, candidates: Sequence[Candidate], options: Options, health: HealthView
) -> list[Choice]:
    """Never decides: a group with this strategy has no targets of its own."""
    return [Choice(candidate.name, "as listed") for candidate in candidates]


STRATEGY = StrategyKind(
    order,
    branch,
    options={
        "cheap": Option(model_name, required=True, names="group"),
        "strong": Option(model_name, required=True, names="group"),
        "dial": Option(units.share, default=0.3),
        "dial_when": Option(dials, default=()),
        "explore": Option(units.share, default=0.02),
        "model": Option(text_line),
        "learn": Option(units.flag, default=False),
    },
    wants=frozenset(["difficulty"]),
)
