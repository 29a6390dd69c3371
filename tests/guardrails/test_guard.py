"""Of findings that overlap one counts, and none holds the text it was made from."""

import pytest

from guardrails.guard import Finding, GuardBroken, merged


def finding(start: int, end: int, kind: str = "X", action: str = "mask", priority: int = 0) -> Finding:
    return Finding("g", kind, action, start, end, priority)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("findings", "left"),
    [
        ([finding(5, 9), finding(0, 4)], [(0, 4), (5, 9)]),
        ([finding(0, 4), finding(2, 9)], [(0, 2), (2, 9)]),
        ([finding(0, 9), finding(2, 4, priority=1)], [(0, 2), (2, 4), (4, 9)]),
        ([finding(0, 9, action="flag"), finding(2, 4, action="block")], [(0, 2), (2, 4), (4, 9)]),
        ([finding(0, 4), finding(4, 9)], [(0, 4), (4, 9)]),
        ([finding(0, 4), finding(0, 4)], [(0, 4)]),
    ],
    ids=["apart", "longer", "priority", "gravest", "touching", "twice"],
)
def test_what_counts_does_not_overlap(findings: list[Finding], left: list[tuple[int, int]]) -> None:
    assert [(each.start, each.end) for each in merged(findings)] == left


def test_a_broken_guard_tells_its_name_and_no_text() -> None:
    broken = GuardBroken("pii", ValueError("my secret tea"))
    assert "pii" in str(broken) and "secret" not in str(broken)
