"""Scores a call's difficulty: its text becomes a number here, and only that goes on to routing."""

from typing import Any, NamedTuple

from cachetools import LRUCache

from dialects.conversation import Conversation, Text
from dialects.errors import Malformed
from gateway.call import Cleared
from routing.difficulty.dial import Recent
from routing.difficulty.features import Features, Shape, features
from routing.difficulty.model import Model

_MOST_DIALS = 4096  # teams times groups whose late calls are remembered


class Judgement(NamedTuple):
    """A call's features, its score, and the share of late calls that were easier."""

    seen: Features | None
    score: float | None
    rank: float


UNJUDGED = Judgement(None, None, 1.0)


class Scoring:
    """Judges calls by a model, and knows how they compare with the late calls of the same team and group."""

    def __init__(self) -> None:
        self._recent: LRUCache[tuple[str, str], Recent] = LRUCache(_MOST_DIALS)

    def judge(self, cleared: Cleared, model: Model) -> Judgement:
        """What is seen in the call, and where it stands; no score where there is no text to judge."""
        seen = seen_in(cleared)
        if seen is None:
            return UNJUDGED
        score = model.score(seen)
        return Judgement(seen, score, self.rank(cleared, model, score))

    def rank(self, cleared: Cleared, model: Model, score: float) -> float:
        """The share of late scores of the same team and group that were lower; this one is late from now."""
        key = (cleared.principal.team, cleared.call.asked.model)
        recent = self._recent.get(key)
        if recent is None:
            recent = self._recent[key] = Recent(model.quantiles)
        rank = recent.rank(score)
        recent.add(score)
        return rank


def seen_in(cleared: Cleared) -> Features | None:
    """The features of a call's last question; None where its format has no conversation."""
    read: Any = getattr(cleared.call.dialect, "read_request", None)
    if read is None:
        return None
    try:
        conversation: Conversation = read(cleared.body)
    except Malformed:
        return None  # whoever is asked says it better
    text = question(conversation)
    return features(text, shape(conversation)) if text else None


def question(conversation: Conversation) -> str:
    """The text of the user's last turn."""
    for message in reversed(conversation.messages):
        if message.role == "user":
            return "\n".join(part.text for part in message.parts if isinstance(part, Text))
    return ""


def shape(conversation: Conversation) -> Shape:
    """What of a conversation is not its text."""
    return Shape(
        turns=sum(message.role == "user" for message in conversation.messages),
        tools=len(conversation.tools),
        schema=conversation.format is not None,
        system=any(message.role in ("system", "developer") for message in conversation.messages),
    )
