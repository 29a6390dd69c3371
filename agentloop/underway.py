"""Long-running tool calls: how a task is identified, and how its state is read."""

import msgspec

from agentloop.agents import ToolVersion
from agentloop.events import Event, ToolCompleted, ToolFailed, ToolUnderway, ToolUnknown
from agentloop.facts import member
from agentloop.foreign import Unreadable, read

MAX_HANDLE = 512  # characters
_GONE = frozenset([404, 410])
_WORKS = 202  # "accepted": https://www.rfc-editor.org/rfc/rfc9110#section-15.3.3


class Task(msgspec.Struct, frozen=True):
    """How the operator declares polling. `every` and `patience` are in seconds.

    `id` and `state` are members of the tool's answers; `url` contains `{id}`.
    """

    url: str
    id: str
    state: str
    working: tuple[str, ...]
    failed: tuple[str, ...]
    every: float
    patience: float


_DECODER = msgspec.json.Decoder(Task)


def written(task: Task) -> str:
    """The JSON for a tool's settings."""
    return msgspec.json.encode(task).decode()


def task_of(tool: ToolVersion) -> Task | None:
    """The tool's Task; None if the tool answers only when it is done."""
    text = tool.settings.get("task")
    return _DECODER.decode(text) if text else None


def begun(call_id: str, task: Task, text: str) -> Event:
    """The event for a server that answered "accepted" with this text."""
    found = _read(text, task.id)
    handle = found if isinstance(found, str) else str(found) if type(found) is int else ""
    if not 0 < len(handle) <= MAX_HANDLE:
        return ToolUnknown(call_id, f"the tool's server accepted the call without {task.id} to ask for")
    return ToolUnderway(call_id, handle)


def heard(call_id: str, task: Task, handle: str, answer: tuple[int, str]) -> Event:
    """The event for a poll of this handle that was answered with this status and text."""
    status, text = answer
    if status in _GONE:
        return ToolUnknown(call_id, f"the tool's server answered {status} for what it had accepted")
    if status == _WORKS or not 200 <= status < 300:  # a failed poll is repeated
        return ToolUnderway(call_id, handle)
    state = _read(text, task.state)
    if state in task.working:
        return ToolUnderway(call_id, handle)
    if state in task.failed:
        return ToolFailed(call_id, "tool_error", f"The tool says that it failed: {text[:2000]}")
    return ToolCompleted(call_id, text)


def _read(text: str, path: str) -> object:
    try:
        return member(read(text), path)
    except Unreadable:
        return None
