"""Thinking settings of Claude, which differ by generation.

https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking: older models take a budget, the newest
only an effort, and some both. A destination's `cannot` names what its model does not accept:
`reasoning.budget` or `reasoning.effort`.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args

from dialects.anthropic.blocks import NAME
from dialects.conversation import (
    Conversation,
    Effort,
    Extra,
    Reasoning,
    RedactedThinking,
    Sampling,
    Thinking,
    ToolCall,
)
from dialects.dialect import Destination

Hindrance = Literal["tool_choice", "history", "prefill"]

_EFFORTS = get_args(Effort)  # a tuple, so that `in` also works for unhashable values
_FREELY = -1  # adaptive: the model decides
_LEAST = 1024  # tokens, the smallest budget accepted
_LEAST_TOP_P = 0.95
_BUDGETS: Mapping[str, int] = {
    "minimal": 1024,
    "low": 2048,
    "medium": 8192,
    "high": 16384,
    "xhigh": 32768,
    "max": 65536,
}


class Thought(NamedTuple):
    """The thinking settings as written into a request."""

    thinking: Extra | None = None
    effort: str | None = None

    @property
    def thinks(self) -> bool:
        return self.thinking is not None and self.thinking["type"] != "disabled"


_NO_THOUGHT = Thought()


def read_reasoning(thinking: Extra | None, effort: Any) -> tuple[Reasoning | None, Extra | None]:
    """The typed settings, and the members of `thinking` that are not understood."""
    known = effort if effort in _EFFORTS else None
    budget = None
    rest = dict(thinking or {})
    match rest.get("type"):
        case "disabled":
            if known is None:
                known = "none"
            else:
                budget = 0
        case "adaptive":
            budget = _FREELY
        case "enabled" if _is_count(rest.get("budget_tokens")):
            budget = rest.pop("budget_tokens")
        case _:
            return (Reasoning(known) if known else None), rest or None
    del rest["type"]
    display = rest.get("display")
    if display in ("summarized", "omitted"):
        del rest["display"]
    show = {"summarized": True, "omitted": False}.get(str(display))
    return Reasoning(known, budget, show), rest or None


def _is_count(found: Any) -> bool:
    return isinstance(found, int) and not isinstance(found, bool) and found > 0


def write_reasoning(conversation: Conversation, to: Destination, most: int) -> Thought:
    """The settings as the destination's model accepts them, for an answer of at most `most` tokens."""
    wish = conversation.reasoning
    if wish is None:
        return _NO_THOUGHT
    budget, effort = _wanted(conversation, to, most)
    if budget is not None and budget != 0 and hindrance(conversation, budget) is not None:
        budget = 0
    if budget is None:
        return Thought(None, effort)
    if budget == 0:
        return Thought({"type": "disabled"}, effort)
    thinking: Extra = {"type": "adaptive"}
    if budget != _FREELY:
        thinking = {"type": "enabled", "budget_tokens": budget}
    if wish.show is not None:
        thinking["display"] = "summarized" if wish.show else "omitted"
    return Thought(thinking, effort)


def _wanted(conversation: Conversation, to: Destination, most: int) -> tuple[int | None, str | None]:
    """Budget and effort; None is not sent."""
    wish = conversation.reasoning or Reasoning()
    budget, effort = wish.budget, wish.effort
    if effort == "none":
        return 0, None
    if budget is None and conversation.dialect != NAME and (effort or wish.show):
        budget = _FREELY
    if "reasoning.effort" in to.cannot:
        if budget == _FREELY:
            budget = _within(_BUDGETS[effort or "medium"], most)
        return budget, None
    if "reasoning.budget" in to.cannot and budget:
        return _FREELY, effort or (_effort_of(budget) if budget > 0 else None)
    if budget is not None and budget > 0 and conversation.dialect != NAME:
        budget = _within(budget, most)
    return budget, "low" if effort == "minimal" else effort


def _within(budget: int, most: int) -> int:
    """A budget that leaves a quarter of the output for the answer; 0 if there is no room to think."""
    budget = min(max(budget, _LEAST), most - most // 4)
    return budget if budget >= _LEAST else 0


def _effort_of(budget: int) -> str:
    if budget <= _BUDGETS["low"]:
        return "low"
    return "medium" if budget <= _BUDGETS["medium"] else "high"


def hindrance(conversation: Conversation, budget: int) -> Hindrance | None:
    """What forbids thinking in this call, if the caller could not know that.

    A caller of this format could know, so its settings stand.
    """
    if conversation.dialect == NAME:
        return None
    # "Thinking may not be enabled when tool_choice forces tool use."
    if conversation.tools and conversation.tool_choice and conversation.tool_choice.mode == "required":
        return "tool_choice"
    messages = conversation.messages
    if messages and messages[-1].role == "assistant":
        return "prefill"
    spoken = next((message for message in reversed(messages) if message.role == "assistant"), None)
    # "A final assistant message must start with a thinking block": adaptive thinking does not require it.
    if budget != _FREELY and spoken is not None:
        kinds = {type(part) for part in spoken.parts}
        if ToolCall in kinds and not kinds & {Thinking, RedactedThinking}:
            return "history"
    return None


def write_sampling(conversation: Conversation, thinks: bool) -> Extra:
    """The sampling settings that Claude accepts; those of this format's own callers are kept as they are.

    https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking#feature-compatibility
    """
    sampling = conversation.sampling
    if conversation.dialect != NAME:
        sampling = _bent(sampling, thinks)
    members: Extra = {}
    if sampling.temperature is not None:
        members["temperature"] = sampling.temperature
    if sampling.top_p is not None:
        members["top_p"] = sampling.top_p
    if sampling.top_k is not None:
        members["top_k"] = sampling.top_k
    if sampling.stop:
        members["stop_sequences"] = list(sampling.stop)
    return members


def _bent(sampling: Sampling, thinks: bool) -> Sampling:
    temperature, top_p = sampling.temperature, sampling.top_p
    if not thinks and not sampling.stop and (temperature is None or temperature <= 1):
        return sampling  # the common case
    if temperature is not None:
        temperature = min(temperature, 1.0)
    # "each stop sequence must contain non-whitespace"
    stop = tuple(filter(str.strip, sampling.stop))
    if not thinks:
        return Sampling(temperature=temperature, top_p=top_p, top_k=sampling.top_k, stop=stop)
    return Sampling(
        temperature=temperature if temperature == 1 else None,
        top_p=top_p if top_p is not None and top_p >= _LEAST_TOP_P else None,
        stop=stop,
    )


def given_up(conversation: Conversation, to: Destination, most: int) -> tuple[str, ...]:
    """Features dropped for others: sampling for thinking, thinking for what forbids it in this call."""
    if conversation.dialect == NAME or conversation.reasoning is None:
        return ()
    budget, _ = _wanted(conversation, to, most)
    if budget and hindrance(conversation, budget) is not None:
        return ("reasoning",)
    if not write_reasoning(conversation, to, most).thinks:
        return ()
    sampling, bent = conversation.sampling, _bent(conversation.sampling, thinks=True)
    names = ("temperature", "top_p", "top_k")
    return tuple(
        name for name in names if getattr(sampling, name) is not None and getattr(bent, name) is None
    )
