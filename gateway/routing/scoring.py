"""Scores a call's difficulty: its text becomes a number here, and only the number reaches `routing`."""

from typing import Any, NamedTuple

from cachetools import LRUCache

from dialects.conversation import Conversation, Text
from dialects.errors import Malformed
from gateway.call import Cleared
from routing.difficulty.dial import Recent
from routing.difficulty.features import Features, Shape, features
from routing.difficulty.model import Model

_MOST_DIALS = 4096  # pairs of team and group with remembered scores


class Judgement(NamedTuple):
    """A call's features, its score, and the share of recent calls that were easier."""

    seen: Features | None
    score: float | None
    rank: float


UNJUDGED = Judgement(None, None, 1.0)


class Scoring:
    """Scores calls, and ranks them among the recent calls of the same team and group."""

    def __init__(self) -> None:
        self._recent: LRUCache[tuple[str, str], Recent] = LRUCache(_MOST_DIALS)

    def judge(self, cleared: Cleared, model: Model) -> Judgement:
        """The call's features, score and rank; UNJUDGED if it has no text."""
        seen = seen_in(cleared)
        if seen is None:
            return UNJUDGED
        score = model.score(seen)
        return Judgement(seen, score, self.rank(cleared, model, score))

    def rank(self, cleared: Cleared, model: Model, score: float) -> float:
        """The share of recent scores of the same team and group that were lower; then adds this one."""
        key = (cleared.principal.team, cleared.call.asked.model)
        recent = self._recent.get(key)
        if recent is None:
            recent = self._recent[key] = Recent(model.quantiles)
        rank = recent.rank(score)
        recent.add(score)
        return rank


def seen_in(cleared: Cleared) -> Features | None:
    """The features of a call's last user turn; None if it has no text or no conversation."""
    read: Any = getattr(cleared.call.dialect, "read_request", None)
    if read is None:
        return None
    try:
        conversation: Conversation = read(cleared.body)
    except Malformed:
        return None  # the target that gets it reports the error better
    text = question(conversation)
    return features(text, shape(conversation)) if text else None


def question(conversation: Conversation) -> str:
    """The text of the user's last turn."""
    for message in reversed(conversation.messages):
        if message.role == "user":
            return "\n".join(part.text for part in message.parts if isinstance(part, Text))
    return ""


def shape(conversation: Conversation) -> Shape:
    """The features of a conversation other than its text."""
    return Shape(
        turns=sum(message.role == "user" for message in conversation.messages),
        tools=len(conversation.tools),
        schema=conversation.format is not None,
        system=any(message.role in ("system", "developer") for message in conversation.messages),
    )
