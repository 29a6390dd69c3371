"""After each failure: who is asked next, by which key, after which wait, and when nobody is."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.errors import VendorError
from gateway.attempts.course import LONGEST_BACKOFF, Course, Step, begin
from gateway.clock import Clock
from gateway.deployment import Route
from gateway.errors import GatewayError, RefusedByVendor, UpstreamError
from routing.budget import Budget
from routing.faults import Fault
from routing.plan import Choice
from routing.target import Credential, KeyState

NOW = 100.0


def line(target: str, keys: int = 1, context: int | None = None) -> Any:
    vendor, _, model = target.partition("/")
    return SimpleNamespace(
        target=target,
        model=model,
        vendor=SimpleNamespace(name=vendor),
        lanes=[SimpleNamespace(key=KeyState(f"key {number}", Credential())) for number in range(keys)],
        capabilities=SimpleNamespace(context=context),
    )


def course(*lines: Any, budget: Budget | None = None, retries: int = 0, **alternatives: str) -> Course:
    named = {each.target: each for each in lines}
    others = {Fault(fault): (Choice(target, "named for it"),) for fault, target in alternatives.items()}
    plan = tuple(Choice(name, "planned") for name in named if name not in alternatives.values())
    route = SimpleNamespace(lines=named, alternatives=others, retries=retries)
    first = begin(cast(Route, route), plan[0], Clock(monotonic=lambda: NOW))
    return Course(cast(Route, route), plan, first, budget or Budget(1.0, 100))


def failed(fault: Fault, wait: float | None = None) -> GatewayError:
    if fault in (Fault.REQUEST, Fault.TOO_LONG, Fault.CONTENT):
        return RefusedByVendor(400, VendorError("no"), fault)
    return UpstreamError("no", status=502, code="c").blamed(fault, wait)


def walk(found: Course, *faults: Fault, draw: float = 0.5) -> list[str]:
    """Targets, keys and waits of the steps that follow those failures."""
    step: Step | None = found.step
    steps = []
    for fault in (*faults, None):
        if step is None:
            steps.append("nobody")
            break
        waits = f" after {step.wait:g}" if step.wait else ""
        steps.append(f"{step.line.target}:{step.lane}{waits}")
        if fault is not None:
            step = found.after(step, failed(fault), NOW, draw)
    return steps


B, K, L = Fault.BROKEN, Fault.CREDENTIALS, Fault.LIMITED
WALKS = {
    "what broke is followed by the next target at once": (
        course(line("a/m"), line("b/m")),
        [B, B],
        ["a/m:0", "b/m:0", "nobody"],
    ),
    "a refused key by the next key, then by the next target": (
        course(line("a/m", keys=2), line("b/m")),
        [K, K],
        ["a/m:0", "a/m:1", "b/m:0"],
    ),
    "a limited key likewise": (course(line("a/m", keys=3)), [L, L, L], ["a/m:0", "a/m:1", "a/m:2", "nobody"]),
    "another model of the vendor that broke has to wait": (
        course(line("a/m"), line("a/n")),
        [B],
        ["a/m:0", "a/n:0 after 0.1"],
    ),
    "the same target is asked once more only when it is alone": (
        course(line("a/m"), line("b/m"), retries=2),
        [B, B],
        ["a/m:0", "b/m:0", "nobody"],
    ),
    "and as often as is allowed": (
        course(line("a/m"), retries=2),
        [B, B, B],
        ["a/m:0", "a/m:0 after 0.1", "a/m:0 after 0.2", "nobody"],
    ),
    "a wrong request by nobody": (course(line("a/m"), line("b/m")), [Fault.REQUEST], ["a/m:0", "nobody"]),
    "a prompt that is too long only by a larger window": (
        course(line("a/m", context=8), line("b/m", context=8), line("c/n", context=9)),
        [Fault.TOO_LONG],
        ["a/m:0", "c/n:0"],
    ),
    "or by who may have one": (
        course(line("a/m"), line("b/m"), line("c/n")),
        [Fault.TOO_LONG],
        ["a/m:0", "c/n:0"],
    ),
    "first by who is named for it": (
        course(line("a/m"), line("b/n"), line("z/long"), too_long="z/long"),
        [Fault.TOO_LONG, B],
        ["a/m:0", "z/long:0", "b/n:0"],
    ),
    "refused content only by who is named for it": (
        course(line("a/m"), line("b/n"), line("z/frank"), content="z/frank"),
        [Fault.CONTENT, Fault.CONTENT],
        ["a/m:0", "z/frank:0", "nobody"],
    ),
    "and by nobody when none is": (course(line("a/m"), line("b/n")), [Fault.CONTENT], ["a/m:0", "nobody"]),
}


@pytest.mark.parametrize(("found", "faults", "steps"), WALKS.values(), ids=WALKS.keys())
def test_what_follows(found: Course, faults: list[Fault], steps: list[str]) -> None:
    assert walk(found, *faults) == steps


def test_a_key_that_waits_is_passed_over() -> None:
    two = line("a/m", keys=2)
    two.lanes[0].key.until = NOW + 5
    assert walk(course(two), L) == ["a/m:1", "nobody"]
    assert course(two).step.reason == "planned; key 2 of 2"


def test_where_all_keys_wait_the_first_that_may_be_used_again_is() -> None:
    two = line("a/m", keys=2)
    two.lanes[0].key.until, two.lanes[1].key.until = NOW + 9, NOW + 5
    assert walk(course(two)) == ["a/m:1"]


@pytest.mark.parametrize(("wait", "again"), [(1.0, True), (LONGEST_BACKOFF + 1, False)])
def test_a_wait_that_the_vendor_asks_for_is_kept_or_nothing_is_tried(wait: float, again: bool) -> None:
    found = course(line("a/m"), retries=1)
    step = found.after(found.step, failed(L, wait), NOW, 0.0)
    assert (step is not None and step.wait == wait) == again


def test_when_the_budget_is_spent_nobody_else_is_asked_and_the_trail_can_say_so() -> None:
    found = course(line("a/m"), line("b/m"), budget=Budget(0.0, 0))
    assert walk(found, B) == ["a/m:0", "nobody"]
    assert found.denied
    last = course(line("a/m"), budget=Budget(0.0, 0))
    assert walk(last, B) == ["a/m:0", "nobody"] and not last.denied


@given(st.lists(st.sampled_from(list(Fault)), max_size=30), st.integers(0, 3), st.floats(0, 0.99))
def test_every_course_ends_and_no_retry_goes_beyond_the_budget(
    faults: list[Fault], reserve: int, draw: float
) -> None:
    budget = Budget(0.0, reserve)
    lines = (line("a/m", keys=2), line("a/n"), line("b/m", context=5), line("z/long"))
    steps = walk(course(*lines, budget=budget, too_long="z/long"), *faults, *([B] * 10), draw=draw)
    assert steps[-1] == "nobody"
    asked = [step.split()[0] for step in steps[:-1]]
    assert len(asked) == len(set(asked)), "no target is asked twice by the same key"
    assert len(asked) - 1 <= reserve
