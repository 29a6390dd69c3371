"""A guard's answer is taken when it can be; when it cannot, its settings decide."""

from collections.abc import Sequence

import pytest

from config.catalog import GuardFacts
from gateway.guardrails.asking import ask
from gateway.guardrails.cordons import Post
from guardrails.guard import Finding, GuardBroken, Segment, Stage


class Finds:
    name, stages, partial, kinds = "g", frozenset[Stage](["input"]), (), frozenset[str]()

    def __init__(self, *found: Finding) -> None:
        self.found = found

    def inspect(self, segment: Segment) -> Sequence[Finding]:
        return self.found


def test_findings_are_given_as_they_are() -> None:
    found = Finding("g", "X", "mask", 0, 2)
    assert ask(Post(Finds(found), GuardFacts("g", "words")), Segment("input", b"tea"), []) == (found,)


def test_a_finding_outside_of_the_text_is_a_failure() -> None:
    post = Post(Finds(Finding("g", "X", "mask", 0, 9)), GuardFacts("g", "words"))
    with pytest.raises(GuardBroken):
        ask(post, Segment("input", b"tea"), [])


def test_a_guard_that_may_be_passed_by_leaves_a_line() -> None:
    failed: list[tuple[str, str]] = []
    post = Post(Finds(Finding("g", "X", "mask", 2, 1)), GuardFacts("g", "words", on_error="allow"))
    assert ask(post, Segment("input", b"tea"), failed) == () and failed == [("g", "error")]
