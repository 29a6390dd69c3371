"""Sets aside in a plan whoever is not to be asked now, and never everybody."""

from collections.abc import Iterable

from routing.health import HealthView
from routing.plan import Choice, Plan

Skipped = tuple[Choice, ...]


def standing(plan: Plan, view: HealthView, draw: float) -> tuple[Plan, Skipped]:
    """The plan without targets that are open, and who was left out and why.

    A target that warms up keeps its place as often as its share says (`draw` is uniform in [0, 1)) and else
    comes last. Where all are open the plan is kept, the least bad first: an answer that may come is better
    than none.
    """
    kept: list[Choice] = []
    later: list[Choice] = []
    skipped: list[Choice] = []
    for choice in plan:
        health = view(choice.target)
        if health.open:
            skipped.append(Choice(choice.target, health.reason))
        elif draw < health.share:
            kept.append(choice)
        else:
            later.append(Choice(choice.target, f"{choice.reason}; {health.reason}"))
    if kept or later:
        return (*kept, *later), tuple(skipped)
    return tuple(_least_bad(skipped, view)), ()


def _least_bad(choices: Iterable[Choice], view: HealthView) -> Iterable[Choice]:
    return (
        Choice(choice.target, f"nobody better is left: {choice.reason}")
        for choice in sorted(choices, key=lambda choice: -view(choice.target).success)
    )
