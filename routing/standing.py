"""Moves unavailable targets to the end of a plan, and never removes all of them."""

from routing.health import HealthView
from routing.plan import Choice, Plan

Skipped = tuple[Choice, ...]


def standing(plan: Plan, view: HealthView, draw: float) -> tuple[Plan, Skipped]:
    """The plan with open targets last, and the targets left out, with reasons.

    A target that warms up keeps its place with the probability of its share (`draw` is uniform in [0, 1)),
    and otherwise comes after the healthy ones. A target whose vendor asked to wait is left out, unless there
    is no other: a possible answer is better than none.
    """
    kept: list[Choice] = []
    later: list[Choice] = []
    last: list[Choice] = []
    limited: list[Choice] = []
    for choice in plan:
        health = view(choice.target)
        if health.limited:
            limited.append(Choice(choice.target, health.reason))
        elif health.open:
            last.append(Choice(choice.target, f"the last resort: {health.reason}"))
        elif draw < health.share:
            kept.append(choice)
        else:
            later.append(Choice(choice.target, f"{choice.reason}; {health.reason}"))
    if last:
        last.sort(key=lambda choice: -view(choice.target).success)
    if kept or later or last:
        return (*kept, *later, *last), tuple(limited)
    return tuple(Choice(each.target, f"nobody else is left: {each.reason}") for each in limited), ()
