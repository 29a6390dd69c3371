"""Converts a run's steps and texts to items of the Responses API."""

from collections.abc import Iterator
from typing import Any

from agentloop.foreign import Unreadable, read
from agentloop.steps import Step, StepState

Told = dict[str, Any]  # a JSON object: an output item or the members of an event


def call_item(run_id: str, step: Step, server: str, name: str, *, status: str) -> Told:
    """A tool call by the gateway, as `mcp_call`: in that API, the kind of call that the server makes."""
    failed = step.state in (StepState.FAILED, StepState.DENIED)
    return {
        "type": "mcp_call",
        "id": f"mcp_{run_id.removeprefix('run_')}_{step.number}",
        "server_label": server,
        "name": name,
        "arguments": step.call.arguments,
        "approval_request_id": step.approval_id or None,
        "status": status,
        "output": step.output if step.done and not failed else None,
        "error": {"type": "mcp_tool_execution_error", "content": _loosely(step.output)} if failed else None,
    }


def function_call(run_id: str, step: Step) -> Told:
    """A call that the client makes."""
    return {
        "type": "function_call",
        "id": f"fc_{run_id.removeprefix('run_')}_{step.number}",
        "call_id": step.call.call_id,
        "name": step.call.tool,
        "arguments": step.call.arguments,
        "status": "completed",
    }


def approval_request(step: Step, server: str, name: str) -> Told:
    """A call that waits for an approval."""
    return {
        "type": "mcp_approval_request",
        "id": step.approval_id,
        "server_label": server,
        "name": name,
        "arguments": step.call.arguments,
    }


def message_item(raw: Told, otherwise: str) -> Told:
    """The model's message with every member that clients read; `otherwise` is the id if it has none."""
    content = raw.get("content") or []
    if isinstance(content, str):
        content = [{"type": "output_text", "text": content}]
    return {
        "type": "message",
        "id": raw.get("id") or otherwise,
        "role": "assistant",
        "status": raw.get("status") or "completed",
        "content": [
            part if part.get("type") == "refusal" else {"annotations": [], "logprobs": [], **part}
            for part in content
        ],
    }


def scattered(message: Told) -> Iterator[tuple[str, Told]]:
    """The events of a message's parts, without the members that give its position."""
    for index, part in enumerate(message["content"]):
        refusal = part.get("type") == "refusal"
        member = "refusal" if refusal else "text"
        kind = "refusal" if refusal else "output_text"
        text = str(part.get(member, ""))
        more: Told = {} if refusal else {"logprobs": []}
        yield "content_part.added", {"content_index": index, "part": {**part, member: ""}}
        yield f"{kind}.delta", {"content_index": index, "delta": text, **more}
        yield f"{kind}.done", {"content_index": index, member: text, **more}
        yield "content_part.done", {"content_index": index, "part": part}


def _loosely(output: str) -> object:
    """The error inside the text that the model reads."""
    try:
        told = read(output)
    except Unreadable:
        return output
    return told.get("error", told) if isinstance(told, dict) else told
