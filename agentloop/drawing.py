"""A run's limits as one account, from which its children draw before they start."""

import msgspec

from agentloop.events import Limits
from agentloop.run import Run
from agentloop.steps import StepState

# Limits that are used up: a child's share of each is reserved until the child has ended.
SHARED = ("turns", "tool_calls", "tokens", "cost")
_KEPT = {"turns": 1}  # for the run itself, which must still report the result
_LEAST = {"turns": 1, "tokens": 1, "cost": 1}


class Held(msgspec.Struct, frozen=True):
    """What allowed or running children may still use; `children` counts those not started yet."""

    turns: int = 0
    tool_calls: int = 0
    tokens: int = 0
    cost: int = 0
    children: int = 0


_NOTHING = Held()


def held(run: Run) -> Held:
    """The shares of all children that have not ended."""
    drawing = [step for step in run.steps if step.draws is not None and not step.done]
    if not drawing:
        return _NOTHING
    begun = sum(step.state is StepState.DELEGATED for step in drawing)
    shares = {name: sum(getattr(step.draws, name) for step in drawing) for name in SHARED}
    shares["tool_calls"] += len(drawing) - begun  # starting a child is a call, too
    return Held(**shares, children=len(drawing) - begun)


def drawn(run: Run, wants: Limits, others: int) -> Limits | str:
    """The limits of a new child, at most an equal part of what is left; or the name of an exhausted limit.

    `others` counts the children that this turn still requests after it.
    """
    reserved = held(run)
    if run.limits.depth < 1:
        return "depth"
    if run.used.children + reserved.children >= run.limits.children:
        return "children"
    share = {}
    for name in SHARED:
        left = getattr(run.limits, name) - _used(run, name) - getattr(reserved, name) - _KEPT.get(name, 0)
        if name == "tool_calls":
            left -= 1 + others  # the calls that start this child and the others
        share[name] = min(getattr(wants, name), left // (others + 1))
        if share[name] < _LEAST.get(name, 0):
            return name
    return msgspec.structs.replace(wants, **share, depth=min(wants.depth, run.limits.depth - 1))


def _used(run: Run, name: str) -> int:
    used: int = getattr(run.used, name)
    return run.turn + used if name == "turns" else used
