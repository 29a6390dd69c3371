"""Tools that the caller runs: a call is handed over, and the run waits until its output arrives."""

from collections.abc import Mapping

from agentloop.agents import ToolVersion
from agentloop.events import ToolsAnswered
from agentloop.run import Run
from agentloop.steps import Step, StepState

MAX_OUTPUT = 64 * 1024  # characters


class NotHanded(Exception):
    """There is no such call that the caller is to make."""


class Unanswered(Exception):
    """A call that was handed over has no output among those that came: all of them come together."""


def patience_ms(tool: ToolVersion | None) -> int:
    """How long an output of the tool is waited for."""
    return int(tool.timeout * 1000) if tool is not None else 0


def handed(run: Run) -> tuple[Step, ...]:
    """The calls that the run's caller is to make."""
    return tuple(step for step in run.steps if step.state is StepState.HANDED)


def answered(run: Run, outputs: Mapping[str, str], by: str) -> ToolsAnswered:
    """What a caller says of its calls. Raises NotHanded, Unanswered."""
    waiting = [step.call.call_id for step in handed(run)]
    for call_id in outputs:
        if call_id not in waiting:
            raise NotHanded(f"No output is waited for of the call '{call_id}'.")
    missing = [call_id for call_id in waiting if call_id not in outputs]
    if missing:
        raise Unanswered(f"There is no output for the call '{missing[0]}': those of all calls come together.")
    return ToolsAnswered({call_id: cut(text) for call_id, text in outputs.items()}, by)


def overdue(run: Run, now_ms: int) -> ToolsAnswered | None:
    """What is said where the caller's time is over; None: it is not."""
    waiting = handed(run)
    if not any(step.expires_ms <= now_ms for step in waiting):
        return None
    return ToolsAnswered({}, "the clock", tuple(step.call.call_id for step in waiting))


def cut(text: str) -> str:
    """As much of an output as a model is to read."""
    if len(text) <= MAX_OUTPUT:
        return text
    return f"{text[:MAX_OUTPUT]}\n[cut after {MAX_OUTPUT} characters]"
