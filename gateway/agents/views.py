"""A run as JSON: its status, its output, what it waits for."""

from typing import Any

import msgspec

from agentloop.commands import Rest, decide
from agentloop.events import Event, name_of
from agentloop.journal import RunRecord
from agentloop.run import Run
from agentloop.steps import Step, StepState


def run_view(record: RunRecord, run: Run | None = None) -> dict[str, Any]:
    """The run's row; with a replayed run also its state."""
    view: dict[str, Any] = {
        "id": record.id,
        "object": "run",
        "status": record.status,
        "reason": record.reason or None,
        "agent": record.agent,
        "digest": record.digest,
        "created_at": record.created_ms // 1000,
        "updated_at": record.updated_ms // 1000,
        "events": record.head,
    }
    if run is None:
        return view
    waits = decide(run)
    return view | {
        "turn": run.turn,
        "output": run.ending.output if run.ending is not None else None,
        "said": run.said or None,
        "usage": {
            "tokens": run.used.tokens,
            "cost_usd": f"{run.used.cost / 1e9:.9f}",
            "tool_calls": run.used.tool_calls,
        },
        "waits_for": waits.why if isinstance(waits, Rest) and run.ending is None else None,
        "tool_calls": [step_view(step) for step in run.steps],
        "asks_for": None if run.over is None else msgspec.to_builtins(run.over),
        "limit": None if run.limit is None else msgspec.to_builtins(run.limit),
    }


def step_view(step: Step) -> dict[str, Any]:
    """One tool call of the current turn."""
    return {
        "call_id": step.call.call_id,
        "tool": step.call.tool,
        "arguments": step.call.arguments,
        "state": step.state.value,
        "effect": step.effect,
        "attempt": step.attempt,
        "approval_id": step.approval_id or None,
    }


def approvals(record: RunRecord, run: Run) -> list[dict[str, Any]]:
    """The run's pending approvals."""
    return [
        {
            "id": step.approval_id,
            "object": "approval",
            "run_id": record.id,
            "agent": record.agent,
            "call_id": step.call.call_id,
            "tool": step.call.tool,
            "arguments": step.call.arguments,
            "arguments_sha256": step.arguments_sha256,
            "group": step.group,
            "rules": list(step.rules),
            "expires_at": step.expires_ms // 1000,
        }
        for step in run.steps
        if step.state is StepState.AWAITING
    ]


def event_view(number: int, event: Event) -> dict[str, Any]:
    """One event of the journal, with its number and type."""
    return {"sequence_number": number, **msgspec.to_builtins(event), "type": name_of(event)}
