"""May this text pass: the Protocol every guard keeps, and the gate that asks them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text and its place in the conversation."""

    place: Literal["system", "user", "assistant", "tool_call", "tool_result"]
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a guard saw and what it wants done; never the text itself."""

    guard: str
    action: Literal["mask", "block", "flag"]
    reason: str
    start: int
    end: int


class Guard(Protocol):
    """One check."""

    name: str

    def inspect(self, segment: Segment) -> Sequence[Finding]:
        """The findings in one segment; pure."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The guards that apply to a call, cheapest first. Without guards it is open, and costs nothing."""

    guards: tuple[Guard, ...] = ()

    @property
    def open(self) -> bool:
        return not self.guards

    def inspect(self, segments: Sequence[Segment]) -> list[Finding]:
        """All findings of all guards."""
        return [
            finding for segment in segments for guard in self.guards for finding in guard.inspect(segment)
        ]


OPEN_GATE = Gate()
