"""A resolved secret that cannot be printed by accident."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Secret:
    """A resolved secret; its repr hides the value."""

    value: str = field(repr=False)
    source: str  # safe to show: "env OPENAI_API_KEY", "file /run/secrets/x", "literal"
