"""What a model can do at a vendor; an unknown capability never excludes a target."""

from collections.abc import Iterable
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Facts about one model at one vendor. None is unknown: the vendor is asked, nothing is refused.

    All limits are in tokens, and are the highest that the vendor offers, betas included.
    """

    context: int | None = None  # input and output together
    output: int | None = None  # output, thinking included
    image_tokens: int | None = None  # the most that one image costs, whatever its size
    tools: bool | None = None
    parallel_tools: bool | None = None  # several calls in one answer, and whether the caller can choose that
    vision: bool | None = None  # image input
    audio: bool | None = None  # audio input
    files: bool | None = None  # PDF input
    json_schema: bool | None = None  # answers constrained to a schema
    thinking: bool | None = None
    thinking_budget: bool | None = None  # thinking limited by a number of tokens
    thinking_effort: bool | None = None  # thinking limited by an effort level, not a number of tokens
    prefill: bool | None = None  # continues a final assistant message
    temperature: bool | None = None  # whether values other than the default are accepted

    def over(self, other: "Capabilities") -> "Capabilities":
        """These facts; those unknown here are taken from `other`."""
        return Capabilities(
            *(
                mine if (mine := getattr(self, fact.name)) is not None else getattr(other, fact.name)
                for fact in fields(Capabilities)
            )
        )


UNKNOWN = Capabilities()


@dataclass(frozen=True, slots=True)
class CapabilityOverride:
    """Facts from the YAML for a target or a prefix; None leaves one unchanged."""

    target: str  # "vendor/model", `*` allowed at the end
    facts: Capabilities

    def fits(self, target: str) -> bool:
        """Whether it applies to this target."""
        if self.target.endswith("*"):
            return target.startswith(self.target[:-1])
        return target == self.target


def declared(overrides: Iterable[CapabilityOverride], target: str) -> Capabilities:
    """What the operator declares about a target: each fact comes from the most specific line that has it."""
    facts = UNKNOWN
    # An exact name is longer than each pattern that matches it, or as long as one whose `*` matches nothing.
    lines = (line for line in overrides if line.fits(target))
    for line in sorted(lines, key=lambda line: (len(line.target.removesuffix("*")), line.target == target)):
        facts = line.facts.over(facts)
    return facts
