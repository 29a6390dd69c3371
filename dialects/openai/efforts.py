"""Reasoning effort, in OpenAI's terms."""

from dialects.conversation import Effort, Reasoning

# The effort for other formats' token budgets: the one with that budget at Anthropic.
# Not `minimal`: newer models reject it, and so do most of OpenAI's imitators.
_STEPS: tuple[tuple[int, Effort], ...] = ((0, "none"), (2048, "low"), (8192, "medium"))


def effort_of(wish: Reasoning, *, own: bool) -> Effort | None:
    """The effort to request; None: the model decides.

    Not `own`: the request came in another format, whose highest effort is above OpenAI's:
    https://platform.openai.com/docs/guides/reasoning
    """
    if wish.effort == "max" and not own:
        return "xhigh"
    budget = wish.budget
    if wish.effort is not None or budget is None or budget < 0:
        return wish.effort
    return next((effort for most, effort in _STEPS if budget <= most), "high")
