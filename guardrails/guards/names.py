"""Finds names of people, places and organisations with a local model, on a best-effort basis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from config.catalog import GuardFacts
from config.guard_kinds import Takes
from guardrails.distant import Distant, DistantKind, Remark, Shown, stages_of
from guardrails.guard import Action, Stage

TYPES = ("person", "location", "organization")
LEAST = 0.5  # probability from which a name counts

_ENCODE = msgspec.json.Encoder().encode


class Question(msgspec.Struct):
    """The request to the name finder."""

    texts: tuple[str, ...]


class Answer(msgspec.Struct):
    """Its answer: the names in each text, with type, position in characters and probability."""

    names: list[list[tuple[str, int, int, float]]]


_READ = msgspec.json.Decoder(Answer).decode


@dataclass(frozen=True, slots=True)
class NamesGuard:
    """Finds names of the selected `types`."""

    name: str
    action: Action
    stages: frozenset[Stage]
    types: frozenset[str]
    least: Mapping[str, float]

    def question(self, shown: Shown) -> bytes:
        return _ENCODE(Question(shown.texts))

    def remarks(self, shown: Shown, answer: bytes) -> Sequence[Remark]:
        try:
            said = _READ(answer).names
        except msgspec.DecodeError as error:
            raise ValueError("the answer is none of names") from error
        if len(said) != len(shown.texts):
            raise ValueError("the answer is about other texts")
        return [
            Remark(kind, number, start, end)
            for number, of_text in enumerate(said)
            for kind, start, end, score in of_text
            if kind in self.types and score >= self.least[kind]
        ]


def build(facts: GuardFacts) -> Distant:
    """Settings: `types`, and `thresholds` by type."""
    wanted = frozenset(each.upper() for each in facts.types or TYPES)
    least = {each.upper(): facts.thresholds.get(each, LEAST) for each in TYPES}
    return NamesGuard(facts.name, facts.action or "mask", stages_of(facts, "mask"), wanted, least)


TAKES = Takes(("types", "thresholds"), types=TYPES, thresholds=TYPES)
GUARD = DistantKind(build)
