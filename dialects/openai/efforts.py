"""Reasoning effort, in OpenAI's terms."""

from dialects.conversation import Effort, Reasoning

# What others give as a number of tokens: the effort whose budget that is at Anthropic.
# `minimal` is not among them: newer models refuse it, and so do most who imitate OpenAI.
_STEPS: tuple[tuple[int, Effort], ...] = ((0, "none"), (2048, "low"), (8192, "medium"))


def effort_of(wish: Reasoning, *, own: bool) -> Effort | None:
    """The effort to ask for; None: as the model likes.

    What is not `own` was wished in another format, whose highest is above OpenAI's:
    https://platform.openai.com/docs/guides/reasoning
    """
    if wish.effort == "max" and not own:
        return "xhigh"
    budget = wish.budget
    if wish.effort is not None or budget is None or budget < 0:
        return wish.effort
    return next((effort for most, effort in _STEPS if budget <= most), "high")
