"""Judges what a text is about by its similarity to example sentences."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from config.catalog import GuardFacts
from config.guard_kinds import Takes
from guardrails.distant import Distant, DistantKind, Remark, Shown, kind_of, stages_of, verdict_of
from guardrails.guard import Action, Stage

ABOUT = 0.35  # cosine from which a text is about a forbidden topic
ALLOWED = 0.25  # cosine from which it is about an allowed topic
OFF_TOPIC = "OFF_TOPIC"  # the type of a text about none of the allowed topics
_PASSAGE = 600  # characters that a sentence model can read at once and that are still about one thing
_WORD = re.compile(r"\w+")
_SAYS = 4  # words: a shorter text is about nothing
_FOLLOWS_UP = 6  # words: a shorter text may be about the text before it
_END = re.compile(r"(?<=[.!?。！？])\s+|\n\s*\n")

_ENCODE = msgspec.json.Encoder().encode


class Question(msgspec.Struct):
    """The request to the comparer: the passages of each text."""

    passages: list[list[str]]


class Likenesses(msgspec.Struct):
    """Its answer: for each passage, the cosine to the nearest example of each topic, in the topics' order."""

    scores: list[list[list[float]]]


_READ = msgspec.json.Decoder(Likenesses).decode


@dataclass(frozen=True, slots=True)
class TopicGuard:
    """Finds texts about forbidden topics; with `only`, also the last text if it is about no allowed topic."""

    name: str
    action: Action
    stages: frozenset[Stage]
    topics: tuple[str, ...]
    only: frozenset[str]  # the only allowed topics; empty: every topic is forbidden
    least: Mapping[str, float]  # cosine by topic and for OFF_TOPIC

    def question(self, shown: Shown) -> bytes:
        found = [list(passages(text)) for text in shown.texts]
        if self.only and len(found) > 1 and found[-1] and _size(shown.texts[-1]) < _FOLLOWS_UP:
            found[-1].append(f"{shown.texts[-2][-_PASSAGE:]}\n{shown.texts[-1]}")
        return _ENCODE(Question(found))

    def remarks(self, shown: Shown, answer: bytes) -> Sequence[Remark]:
        try:
            scores = _READ(answer).scores
        except msgspec.DecodeError as error:
            raise ValueError("the answer is none of likenesses") from error
        if len(scores) != len(shown.texts) or any(
            len(each) != len(self.topics) for of_text in scores for each in of_text
        ):
            raise ValueError("the answer is about other texts")
        found = []
        for number, of_text in enumerate(scores):
            whole = len(shown.texts[number])
            kinds = {kind for each in of_text if (kind := self._forbidden(each)) is not None}
            found += [Remark(kind, number, 0, whole) for kind in sorted(kinds)]
        last = max((number for number, of_text in enumerate(scores) if of_text), default=None)
        if self.only and last is not None and not any(map(self._allowed, scores[last])):
            found.append(Remark(OFF_TOPIC, last, 0, len(shown.texts[last])))
        return found

    def _forbidden(self, scores: Sequence[float]) -> str | None:
        """The nearest topic of a passage, if it is near and not allowed."""
        score, topic = max(zip(scores, self.topics, strict=True))
        return kind_of(topic) if topic not in self.only and score >= self.least[topic] else None

    def _allowed(self, scores: Sequence[float]) -> bool:
        least = self.least[OFF_TOPIC]
        found = zip(scores, self.topics, strict=True)
        return any(score >= least for score, topic in found if topic in self.only)


def passages(text: str) -> Iterator[str]:
    """Splits a text at sentences into passages of at most _PASSAGE characters; none if it is too short."""
    if _size(text) < _SAYS:
        return
    taken = ""
    for sentence in _END.split(text):
        while len(sentence) > _PASSAGE:
            if taken:
                yield taken
                taken = ""
            yield sentence[:_PASSAGE]
            sentence = sentence[_PASSAGE:]
        if taken and len(taken) + len(sentence) >= _PASSAGE:
            yield taken
            taken = ""
        taken = f"{taken} {sentence}".strip()
    if taken:
        yield taken


def _size(text: str) -> int:
    return len(_WORD.findall(text))


def build(facts: GuardFacts) -> Distant:
    """Settings: `topics`, `only`, `model`, and `thresholds` by topic or for `off_topic`."""
    known = (*facts.topics, OFF_TOPIC.lower())
    for name in facts.thresholds:
        if name not in known:
            raise ValueError(
                f"The guard '{facts.name}' has a threshold for '{name}'; allowed: {', '.join(known)}."
            )
    least = {topic: facts.thresholds.get(topic, ABOUT) for topic in facts.topics}
    least[OFF_TOPIC] = facts.thresholds.get(OFF_TOPIC.lower(), ALLOWED)
    return TopicGuard(
        facts.name,
        verdict_of(facts),
        stages_of(facts, "block"),
        tuple(facts.topics),
        frozenset(facts.only),
        least,
    )


TAKES = Takes(("topics", "only", "thresholds", "model"), thresholds=(OFF_TOPIC.lower(),))
GUARD = DistantKind(build)
