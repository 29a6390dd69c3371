"""Tools that the client runs: a call is handed over, and the run waits until its output arrives."""

from collections.abc import Mapping

from agentloop.agents import ToolVersion
from agentloop.events import ToolsAnswered
from agentloop.run import Run
from agentloop.steps import Step, StepState

MAX_OUTPUT = 64 * 1024  # characters


class NotHanded(Exception):
    """The client has no such call to make."""


class Unanswered(Exception):
    """A call that was handed over has no output in this request: all outputs must come together."""


def patience_ms(tool: ToolVersion | None) -> int:
    """How long to wait for an output of the tool, in milliseconds."""
    return int(tool.timeout * 1000) if tool is not None else 0


def handed(run: Run) -> tuple[Step, ...]:
    """The calls that the client is to make."""
    return tuple(step for step in run.steps if step.state is StepState.HANDED)


def answered(run: Run, outputs: Mapping[str, str], by: str) -> ToolsAnswered:
    """The event for the client's outputs. Raises NotHanded and Unanswered."""
    waiting = [step.call.call_id for step in handed(run)]
    for call_id in outputs:
        if call_id not in waiting:
            raise NotHanded(f"No output is waited for of the call '{call_id}'.")
    missing = [call_id for call_id in waiting if call_id not in outputs]
    if missing:
        raise Unanswered(f"There is no output for the call '{missing[0]}': those of all calls come together.")
    return ToolsAnswered({call_id: cut(text) for call_id, text in outputs.items()}, by)


def overdue(run: Run, now_ms: int) -> ToolsAnswered | None:
    """The event for calls that the client did not answer in time; None if none is overdue."""
    waiting = handed(run)
    if not any(step.expires_ms <= now_ms for step in waiting):
        return None
    return ToolsAnswered({}, "the clock", tuple(step.call.call_id for step in waiting))


def cut(text: str) -> str:
    """The output, cut to the length that a model may read."""
    if len(text) <= MAX_OUTPUT:
        return text
    return f"{text[:MAX_OUTPUT]}\n[cut after {MAX_OUTPUT} characters]"
