"""The course of a call through its plan: after each failure the next target, key and wait."""

from collections.abc import Mapping, Sequence

import msgspec

from gateway.clock import Clock
from gateway.deployment import Line, Route
from gateway.errors import GatewayError, UpstreamError
from routing.budget import Budget
from routing.faults import RULES, Fault, Rule
from routing.plan import Choice, Plan

BACKOFF_SECONDS = 0.1  # before the second attempt at the same vendor; doubled for each further one
LONGEST_BACKOFF = 2.0


class Step(msgspec.Struct, frozen=True, gc=False):
    """The next attempt to make; `wait` is the delay before it, in seconds."""

    line: Line
    lane: int  # which of the vendor's keys
    reason: str
    wait: float = 0.0


def begin(route: Route, choice: Choice, clock: Clock) -> Step:
    """A plan's first step, with the first usable key of the target."""
    line = route.lines[choice.target]
    if len(line.lanes) == 1:
        return Step(line, 0, choice.reason)
    return _by_free_key(line, choice.reason, clock.monotonic())


def roomiest(route: Route, plan: Plan) -> Plan:
    """The plan with its first target that has room moved to the front; unchanged if none has."""
    for place, choice in enumerate(plan):
        gate = route.lines[choice.target].gate
        if gate is None or (gate.inside < int(gate.concurrency.limit) and not gate.waiting):
            return plan if place == 0 else (choice, *plan[:place], *plan[place + 1 :])
    return plan


def _by_free_key(line: Line, reason: str, now: float) -> Step:
    lanes = line.lanes
    if len(lanes) == 1 or lanes[0].key.free_at() <= now:
        return Step(line, 0, reason)
    lane = min(range(len(lanes)), key=lambda place: max(now, lanes[place].key.free_at()))
    return Step(line, lane, f"{reason}; key {lane + 1} of {len(lanes)}")


class Course:
    """The walk through a plan. Sends nothing; each retry is taken from the budget."""

    __slots__ = ("_again", "_budget", "_left", "_repeats", "_route", "_tried", "denied", "step")

    def __init__(self, route: Route, plan: Plan, step: Step, budget: Budget) -> None:
        """`step` is the first step, made for the plan's first choice."""
        self.step = step
        self._route = route
        self._budget = budget
        self._left = list(plan[1:])
        self._tried = {(step.line.target, step.lane)}
        self._again = route.retries if len(plan) == 1 else 0
        self._repeats = {step.line.vendor.name: 1}  # attempts by vendor
        self.denied = ""  # why no further attempt is made, although one was possible

    def hedge(self, now: float) -> Step:
        """The step beside a first one that is late: the next target, else the same one again."""
        if self._left:
            choice = self._left.pop(0)
            return self._step(self._route.lines[choice.target], f"hedge: {choice.reason}", now)
        self._again = 0
        return Step(self.step.line, self.step.lane, "hedge: the only target")

    def after(self, step: Step, error: GatewayError, now: float, draw: float) -> Step | None:
        """The step after a failed one; None: there is none. `draw` is uniform in [0, 1)."""
        rule = RULES[error.fault]
        found = self._found(step, error, rule, now)
        if found is None:
            return None
        if not self._budget.spend():
            self.denied = "the retry budget is spent"
            return None
        wait = found.wait or self._backoff(found.line.vendor.name, error.fault, draw)
        return found if wait == found.wait else Step(found.line, found.lane, found.reason, wait)

    def _found(self, step: Step, error: GatewayError, rule: Rule, now: float) -> Step | None:
        if rule.move == "stop":
            return None
        if rule.move == "key" and (other := self._other_key(step, now)) is not None:
            return other
        if rule.move == "alternative":
            self._left = self._untried(self._route.alternatives.get(error.fault, ()))
        elif rule.move == "larger":
            self._left = self._larger(step)
        if self._left:
            choice = self._left.pop(0)
            return self._step(self._route.lines[choice.target], choice.reason, now)
        return self._once_more(step, error, rule, now)

    def _step(self, line: Line, reason: str, now: float) -> Step:
        step = _by_free_key(line, reason, now)
        self._tried.add((line.target, step.lane))
        vendor = line.vendor.name
        self._repeats[vendor] = self._repeats.get(vendor, 0) + 1
        return step

    def _other_key(self, step: Step, now: float) -> Step | None:
        """The same target with its next key, at once: to the vendor, another key is another account."""
        lanes = step.line.lanes
        for lane, each in enumerate(lanes):
            if (step.line.target, lane) not in self._tried and each.key.free_at() <= now:
                self._tried.add((step.line.target, lane))
                return Step(step.line, lane, f"the next key, {lane + 1} of {len(lanes)}")
        return None

    def _larger(self, step: Step) -> list[Choice]:
        """The group's alternatives for long prompts, then remaining targets that may have a larger window."""
        named = self._untried(self._route.alternatives.get(Fault.TOO_LONG, ()))
        known = {choice.target for choice in named}
        lines: Mapping[str, Line] = self._route.lines
        return [
            *named,
            *(
                choice
                for choice in self._left
                if choice.target not in known and _may_be_larger(lines[choice.target], step.line)
            ),
        ]

    def _untried(self, choices: Sequence[Choice]) -> list[Choice]:
        tried = {target for target, _ in self._tried}
        return [choice for choice in choices if choice.target not in tried]

    def _once_more(self, step: Step, error: GatewayError, rule: Rule, now: float) -> Step | None:
        wait = error.wait if isinstance(error, UpstreamError) and error.wait is not None else 0.0
        if not rule.again or self._again <= 0 or wait > LONGEST_BACKOFF:
            return None
        self._again -= 1
        self._repeats[step.line.vendor.name] = self._repeats.get(step.line.vendor.name, 0) + 1
        return Step(step.line, step.lane, "the only target, once more", wait)

    def _backoff(self, vendor: str, fault: Fault, draw: float) -> float:
        """Seconds before a vendor that failed is asked again; another vendor is asked at once.

        Full jitter: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
        """
        before = self._repeats.get(vendor, 1) - 1
        if before < 1 or fault not in (Fault.BROKEN, Fault.LIMITED):
            return 0.0
        return draw * min(LONGEST_BACKOFF, BACKOFF_SECONDS * float(2**before))


def _may_be_larger(line: Line, than: Line) -> bool:
    mine, theirs = line.capabilities.context, than.capabilities.context
    if mine is not None and theirs is not None:
        return mine > theirs
    return line.model != than.model
