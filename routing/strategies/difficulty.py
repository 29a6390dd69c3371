"""Difficulty: hard calls go to the strong group, others to the cheap one, split by a dial."""

from collections.abc import Sequence

from config import units
from config.addresses import model_name, text_line
from config.strategies import Option, StrategyKind
from routing.difficulty.dial import dialled, dials
from routing.health import HealthView
from routing.plan import Branching, Candidate, Choice, Facts, Note, Options

_SPREAD = 104_729.0  # the group's own strategy uses the same draw, and must not see what the coin saw


def branch(facts: Facts, options: Options) -> Branching:
    """Strong where the call is among the `dial` hardest of the team's late ones; the other side comes after.

    `explore` of the calls go by a coin instead. With what chance a side was taken is told, so that whoever
    learns from what came of it can weigh it. A call without text, such as an embedding, asks the strong side.
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
    """A group of this strategy has no targets of its own."""
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
