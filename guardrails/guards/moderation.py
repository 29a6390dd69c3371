"""Asks a vendor's moderation model, through this gateway, which texts it flags."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from config.catalog import GuardFacts
from config.guard_kinds import Takes
from guardrails.distant import Distant, DistantKind, Remark, Shown, kind_of, stages_of, verdict_of, wanted_of
from guardrails.guard import Action, Stage

_ENCODE = msgspec.json.Encoder().encode


class _Result(msgspec.Struct):
    flagged: bool
    categories: dict[str, bool | None]
    category_scores: dict[str, float | None] = {}


class _Answer(msgspec.Struct):
    results: list[_Result]


_READ = msgspec.json.Decoder(_Answer).decode


@dataclass(frozen=True, slots=True)
class ModerationGuard:
    """`types` selects the categories that count; `thresholds` replace the vendor's verdicts by scores."""

    name: str
    action: Action
    stages: frozenset[Stage]
    model: str
    wanted: frozenset[str]
    thresholds: Mapping[str, float]

    def question(self, shown: Shown) -> bytes:
        return _ENCODE({"model": self.model, "input": shown.texts})

    def remarks(self, shown: Shown, answer: bytes) -> Sequence[Remark]:
        try:
            results = _READ(answer).results
        except msgspec.DecodeError as error:
            raise ValueError("the answer has no results that can be read") from error
        if len(results) != len(shown.texts):
            raise ValueError("the answer is about another number of texts")
        return [
            Remark(kind, number, 0, len(shown.texts[number]))
            for number, result in enumerate(results)
            for kind in self._kinds(result)
            if shown.texts[number]
        ]

    def _kinds(self, result: _Result) -> list[str]:
        found = []
        for category, holds in result.categories.items():
            kind = kind_of(category)
            if self.wanted and kind not in self.wanted:
                continue
            least = self.thresholds.get(kind)
            if holds if least is None else (result.category_scores.get(category) or 0.0) >= least:
                found.append(kind)
        if result.flagged and not found and not self.wanted and not self.thresholds:
            found.append("FLAGGED")
        return found


def build(facts: GuardFacts) -> Distant:
    """Settings: `model`, `types` and `thresholds`."""
    return ModerationGuard(
        facts.name,
        verdict_of(facts),
        stages_of(facts, "block"),
        facts.model,
        wanted_of(facts),
        {kind_of(name): share for name, share in facts.thresholds.items()},
    )


TAKES = Takes(("model", "types", "thresholds"))
GUARD = DistantKind(build)
