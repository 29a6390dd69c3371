"""What a repeated attempt says about its call: nothing, if the tool never looked at it."""

from agentloop.events import Event, ToolFailed, ToolUnknown
from agentloop.steps import Step

# The tool's own failure: it recognises the key, so this covers all attempts.
_THE_TOOLS_WORD = "tool_error"


def of_all(step: Step, event: Event) -> Event:
    """The outcome of a call, from that of its last attempt.

    An attempt that was never made had no effect, but an earlier unanswered one may have had: if the model was
    told that the call failed, it would repeat it under another key.
    """
    if type(event) is not ToolFailed or event.code == _THE_TOOLS_WORD or step.lost_attempts <= 0:
        return event
    return ToolUnknown(event.call_id, event.message)
