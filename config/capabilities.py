"""What a model can do at a vendor; an unknown capability never excludes a target."""

from collections.abc import Iterable
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Facts about one model at one vendor. None is unknown: ask the vendor, refuse nothing.

    All limits are in tokens, and the widest that the vendor offers, betas included.
    """

    context: int | None = None  # what goes in together with what comes out
    output: int | None = None  # what comes out, thinking included
    image_tokens: int | None = None  # that one picture has at most, however large it is
    tools: bool | None = None
    parallel_tools: bool | None = None  # several calls in one answer, and whether that can be chosen
    vision: bool | None = None  # images in
    audio: bool | None = None  # audio in
    files: bool | None = None  # PDF in
    json_schema: bool | None = None  # the answer's form held to a schema
    thinking: bool | None = None
    thinking_budget: bool | None = None  # thinking bounded by a number of tokens
    thinking_effort: bool | None = None  # thinking bounded by a word, the model deciding how much it takes
    prefill: bool | None = None  # a last message of the assistant is continued
    temperature: bool | None = None  # accepted at all, with any value but the default

    def over(self, other: "Capabilities") -> "Capabilities":
        """These facts, and those of `other` about which nothing is known here."""
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
        """Whether it says something about this target."""
        if self.target.endswith("*"):
            return target.startswith(self.target[:-1])
        return target == self.target


def declared(overrides: Iterable[CapabilityOverride], target: str) -> Capabilities:
    """What the operator says about a target: each fact from the most special line that has it."""
    facts = UNKNOWN
    # A name itself is longer than each pattern that fits it, or as long as one whose `*` stands for nothing.
    lines = (line for line in overrides if line.fits(target))
    for line in sorted(lines, key=lambda line: (len(line.target.removesuffix("*")), line.target == target)):
        facts = line.facts.over(facts)
    return facts
