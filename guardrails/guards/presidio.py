"""Asks the operator's own Presidio analyzer for personal data, including names.

https://microsoft.github.io/presidio/api-docs/api-docs.html#tag/Analyzer
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import msgspec

from config.catalog import GuardFacts
from config.guard_kinds import Takes
from guardrails.distant import Distant, DistantKind, Remark, Shown, kind_of, stages_of
from guardrails.guard import Action, Stage

_ENCODE = msgspec.json.Encoder().encode
_BETWEEN = "\n\n"  # separates the texts; a finding that spans it is split


class _Found(msgspec.Struct):
    entity_type: str
    start: int
    end: int
    score: float


_READ = msgspec.json.Decoder(list[_Found]).decode


@dataclass(frozen=True, slots=True)
class PresidioGuard:
    """Finds Presidio's `entities`; none: all of them."""

    name: str
    action: Action
    stages: frozenset[Stage]
    entities: tuple[str, ...]
    language: str
    thresholds: dict[str, float]

    def question(self, shown: Shown) -> bytes:
        asked: dict[str, object] = {"text": _BETWEEN.join(shown.texts), "language": self.language}
        if self.entities:
            asked["entities"] = self.entities
        return _ENCODE(asked)

    def remarks(self, shown: Shown, answer: bytes) -> Sequence[Remark]:
        try:
            said = _READ(answer)
        except msgspec.DecodeError as error:
            raise ValueError("the answer is no list of results") from error
        starts = list(accumulate((len(text) + len(_BETWEEN) for text in shown.texts), initial=0))
        found: list[Remark] = []
        for each in said:
            if not 0 <= each.start < each.end <= starts[-1] - len(_BETWEEN):
                raise ValueError("a finding lies outside of the text")
            kind = kind_of(each.entity_type)
            if each.score >= self.thresholds.get(kind, 0.5):
                found += _parts(kind, each, shown.texts, starts)
        return found


def _parts(kind: str, said: _Found, texts: Sequence[str], starts: Sequence[int]) -> list[Remark]:
    """The parts of a finding, one for each text that it overlaps."""
    found, number = [], bisect_right(starts, said.start) - 1
    while number < len(texts) and starts[number] < said.end:
        start = max(0, said.start - starts[number])
        end = min(len(texts[number]), said.end - starts[number])
        if start < end:
            found.append(Remark(kind, number, start, end))
        number += 1
    return found


def build(facts: GuardFacts) -> Distant:
    """Settings: `url`, `secret`, `private`, `headers`, `types`, `thresholds`, and one of `languages`."""
    if facts.service is None:
        raise ValueError(f"The guard '{facts.name}' asks a Presidio analyzer, and needs its `url`.")
    if len(facts.languages) > 1:
        raise ValueError(f"The guard '{facts.name}' asks in one language; make another one for each other.")
    return PresidioGuard(
        facts.name,
        facts.action or "mask",
        stages_of(facts, "mask"),
        tuple(each.upper() for each in facts.types),
        facts.languages[0] if facts.languages else "en",
        {kind_of(name): share for name, share in facts.thresholds.items()},
    )


TAKES = Takes(("url", "secret", "private", "headers", "types", "languages", "thresholds"))
GUARD = DistantKind(build)
