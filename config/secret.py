"""A resolved secret that cannot be printed by accident."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Secret:
    """A resolved secret that does not print itself."""

    value: str = field(repr=False)
    source: str  # where it came from, safe to show: "env OPENAI_API_KEY", "file /run/secrets/x", "literal"
