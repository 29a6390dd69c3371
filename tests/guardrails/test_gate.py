"""The gate asks every guard about every segment."""

from collections.abc import Sequence
from dataclasses import dataclass

from guardrails.gate import OPEN_GATE, Finding, Gate, Segment


@dataclass(frozen=True)
class Word:
    """A guard that finds one word."""

    name: str

    def inspect(self, segment: Segment) -> Sequence[Finding]:
        start = segment.text.find(self.name)
        return [] if start < 0 else [Finding(self.name, "flag", "said", start, start + len(self.name))]


def test_a_gate_without_guards_is_open_and_finds_nothing() -> None:
    assert OPEN_GATE.open
    assert OPEN_GATE.inspect([Segment("user", "anything")]) == []


def test_a_guard_closes_the_gate() -> None:
    assert not Gate((Word("tea"),)).open


def test_every_guard_sees_every_segment_in_order() -> None:
    gate = Gate((Word("tea"), Word("milk")))
    segments = [Segment("user", "milk and tea"), Segment("tool_result", "no"), Segment("assistant", "tea")]
    assert [(found.guard, found.start, found.end) for found in gate.inspect(segments)] == [
        ("tea", 9, 12),
        ("milk", 0, 4),
        ("tea", 0, 3),
    ]


def test_a_finding_holds_a_place_and_no_text() -> None:
    [found] = Gate((Word("tea"),)).inspect([Segment("user", "my secret tea")])
    assert "secret" not in repr(found)
