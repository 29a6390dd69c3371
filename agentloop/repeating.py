"""What an attempt says of a call that was attempted before: nothing, where nobody came to look at it."""

from agentloop.events import Event, ToolFailed, ToolUnknown
from agentloop.steps import Step

# What the tool itself says: it knows the key again, so that this is of all attempts.
_THE_TOOLS_WORD = "tool_error"


def of_all(step: Step, event: Event) -> Event:
    """The outcome of a call from that of its last attempt.

    One that could not be made had no effect. An earlier one of which no answer came may have had one: told
    that the call failed, a model would ask for it once more, under another key.
    """
    if type(event) is not ToolFailed or event.code == _THE_TOOLS_WORD or step.lost_attempts <= 0:
        return event
    return ToolUnknown(event.call_id, event.message)
