"""A run in terms of the Responses API: each stretch between two pauses is one response.

A response ends when the run ends, needs an approval, hands calls to the client, or has a call whose outcome
is unknown; the next one begins with the answer to that. All events follow from the journal alone, so that a
client that reconnects gets the same sequence numbers.
"""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from agentloop import events as e
from agentloop.agents import AgentVersion, read
from agentloop.commands import Rest, decide
from agentloop.run import Run, apply
from agentloop.steps import Step, StepState
from gateway.agents.items import approval_request, call_item, function_call, message_item, scattered

PREFIX = "agent:"  # of an agent's name in a request's `model`

# Events that do not advance a run begin no response.
_BESIDE = (e.RunClaimed, e.ApprovalEscalated, e.RunPaused, e.RunResumed, e.CancelRequested)
_ENDS_RESPONSE = ("approval", "tool_output", "budget", "in_doubt")
_WELL = ("approval", "tool_output")  # the client continues
_STATUS = {"completed": "completed", "incomplete": "incomplete", "cancelled": "cancelled"}
_IN_DOUBT = "Nobody knows whether this call took effect; an operator is asked."

Told = dict[str, Any]  # a JSON object: a response, an output item or an event


@dataclass(slots=True)
class Response:
    """One stretch of a run. `told` are its events; their indexes are their sequence numbers."""

    id: str
    previous: str | None
    status: str = "in_progress"
    output: list[Told] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    error: Told | None = None
    incomplete: Told | None = None
    tokens: int = 0
    output_tokens: int = 0
    open_calls: dict[str, int] = field(default_factory=dict)  # call id -> index in the output

    @property
    def ended(self) -> bool:
        """Whether it is complete."""
        return self.status != "in_progress"

    def tell(self, kind: str, **members: Any) -> None:
        """Append one event."""
        self.told.append({"type": f"response.{kind}", "sequence_number": len(self.told), **members})

    def add(self, item: Told) -> int:
        """Append an output item, and return its index."""
        self.output.append(item)
        place = len(self.output) - 1
        self.tell("output_item.added", output_index=place, item=item)
        return place

    def finish(self, place: int, item: Told) -> None:
        """Replace the item there by its final form."""
        self.output[place] = item
        self.tell("output_item.done", output_index=place, item=item)


class Telling:
    """Translates a run's events, fed one by one, into `responses`; the first event begins the first one."""

    def __init__(self, run_id: str, created: int) -> None:
        """`created` is when the run was created, in Unix seconds."""
        self.run = Run(run_id)
        self.responses: list[Response] = []
        # By call id: the client's output, and the number of the response that it began.
        self.answers: dict[str, tuple[str, int]] = {}
        self._created_at = created
        self._begun = e.RunCreated("", "", ())
        self._agent: AgentVersion | None = None

    def feed(self, event: e.Event) -> None:
        """Raises IllegalMove if the event cannot follow."""
        if isinstance(event, e.RunCreated):
            self._begun, self._agent = event, read(event.definition)
            self._open(event.previous or None)
        elif self.responses[-1].ended and not isinstance(event, _BESIDE):
            self._open(self.responses[-1].id)
        before, self.run = self.run, apply(self.run, event)
        if isinstance(event, e.HandedOff):
            self._agent = read(event.definition)
        elif isinstance(event, e.ToolsAnswered):
            begun = len(self.responses)
            self.answers |= {call_id: (output, begun) for call_id, output in event.outputs.items()}
        response = self.responses[-1]
        if not response.ended:
            self._tell(response, event)
            self._settle(response, before)

    def numbered(self, number: int) -> Response | None:
        """The response of that number, counted from 1; None if it has not begun."""
        return self.responses[number - 1] if 0 < number <= len(self.responses) else None

    def view(self, response: Response) -> Told:
        """The whole response object in its current state."""
        return {
            "id": response.id,
            "object": "response",
            "created_at": self._created_at,
            "status": response.status,
            "background": self._begun.background,
            "error": response.error,
            "incomplete_details": response.incomplete,
            "instructions": None,
            "max_output_tokens": None,
            "metadata": self._begun.metadata,
            "model": PREFIX + self._begun.agent,
            "output": list(response.output),
            "parallel_tool_calls": True,
            "previous_response_id": response.previous,
            "run_id": self.run.id,
            "store": True,
            "temperature": None,
            "tool_choice": "auto",
            "tools": [],
            "top_p": None,
            "truncation": "disabled",
            "usage": _usage(response) if response.ended else None,
        }

    def _open(self, previous: str | None) -> None:
        response = Response(response_id(self.run.id, len(self.responses) + 1), previous)
        self.responses.append(response)
        response.tell("created", response=self.view(response))
        response.tell("in_progress", response=self.view(response))

    def _tell(self, response: Response, event: e.Event) -> None:
        if isinstance(event, e.ModelCompleted):
            response.tokens += event.tokens
            response.output_tokens += event.output_tokens
            self._said(response, event)
        elif isinstance(event, e.SummaryCompleted):
            response.tokens += event.tokens
            response.output_tokens += event.output_tokens
        elif isinstance(event, e.ApprovalRequested):
            step = self.run.step(event.call_id)
            item = approval_request(step, *self._named(step))
            response.finish(response.add(item), item)
        elif isinstance(event, e.FlowAdvanced) and event.text:
            text = {"type": "output_text", "text": event.text}
            self._message(response, {"content": [text]}, 0)
        elif isinstance(event, e.ToolHanded):
            self._hand(response, self.run.step(event.call_id))
        elif isinstance(event, e.ToolIntended | e.ChildStarted):
            self._begin(response, self.run.step(event.call_id))

    def _said(self, response: Response, event: e.ModelCompleted) -> None:
        """The model's messages, without its tool calls: those appear when they are made."""
        for place, item in enumerate(event.items):
            raw: Told = msgspec.json.decode(item.json)
            if raw.get("type") == "function_call":
                continue
            if raw.get("type", "message") != "message":
                response.finish(response.add(raw), raw)
                continue
            self._message(response, raw, place)

    def _message(self, response: Response, raw: Told, place: int) -> None:
        message = message_item(raw, f"msg_{self.run.id[4:]}_{self.run.seq}_{place}")
        index = response.add({**message, "content": [], "status": "in_progress"})
        for kind, members in scattered(message):
            response.tell(kind, item_id=message["id"], output_index=index, **members)
        response.finish(index, message)

    def _hand(self, response: Response, step: Step) -> None:
        item = function_call(self.run.id, step)
        place = response.add({**item, "arguments": "", "status": "in_progress"})
        at = {"item_id": item["id"], "output_index": place}
        arguments = item["arguments"]
        response.tell("function_call_arguments.delta", delta=arguments, **at)
        response.tell("function_call_arguments.done", arguments=arguments, name=item["name"], **at)
        response.finish(place, item)

    def _begin(self, response: Response, step: Step) -> None:
        if step.call.call_id in response.open_calls:
            return
        item = call_item(self.run.id, step, *self._named(step), status="in_progress")
        place = response.add({**item, "arguments": ""})
        response.open_calls[step.call.call_id] = place
        at = {"item_id": item["id"], "output_index": place}
        response.tell("mcp_call.in_progress", **at)
        response.tell("mcp_call_arguments.delta", delta=item["arguments"], **at)
        response.tell("mcp_call_arguments.done", arguments=item["arguments"], **at)

    def _settle(self, response: Response, before: Run) -> None:
        """Finish the calls that this event ended, then the response if it ended, too."""
        earlier = {step.call.call_id: step for step in before.steps}
        for step in self.run.steps:
            was = earlier.get(step.call.call_id)
            if step.done and was is not None and not was.done and was.state is not StepState.HANDED:
                status = "completed" if step.state is StepState.SUCCEEDED else "failed"
                self._ended(response, step, status)
        rest = decide(self.run)
        if self.run.ending is not None:
            self._close(response, _STATUS.get(self.run.ending.status, "failed"))
        elif isinstance(rest, Rest) and rest.why in _ENDS_RESPONSE:
            for step in self.run.steps:
                if step.call.call_id in response.open_calls:
                    self._ended(response, step, "incomplete")
            self._close(response, "completed" if rest.why in _WELL else "incomplete")

    def _ended(self, response: Response, step: Step, status: str) -> None:
        self._begin(response, step)
        place = response.open_calls.pop(step.call.call_id)
        item = call_item(self.run.id, step, *self._named(step), status=status)
        if status == "incomplete":
            item["error"] = {"type": "mcp_tool_execution_error", "content": _IN_DOUBT}
        outcome = "completed" if status == "completed" else "failed"
        response.tell(f"mcp_call.{outcome}", item_id=item["id"], output_index=place)
        response.finish(place, item)

    def _close(self, response: Response, status: str) -> None:
        response.status = status
        run, ending = self.run, self.run.ending
        if status == "incomplete":
            response.incomplete = {"reason": ending.reason if ending is not None else self._waits()}
        if status == "failed":
            said = run.fault.message if run.fault is not None else "The run could not go on."
            response.error = {"code": "server_error", "message": said}
        # OpenAI has no event for a cancelled response: its streams then end with `incomplete`.
        if status == "cancelled":
            response.incomplete = {"reason": "cancelled"}
        kind = "incomplete" if status == "cancelled" else status
        response.tell(kind, response=self.view(response))

    def _waits(self) -> str:
        """Why the response ends for now."""
        return "in_doubt" if self.run.over is None else f"soft_{self.run.over.limit}"

    def _named(self, step: Step) -> tuple[str, str]:
        """Server and tool, in the operator's spelling."""
        tool = self._agent.tool(step.call.tool) if self._agent is not None else None
        server, _, name = (tool.name if tool is not None else step.call.tool).partition("/")
        return (server, name) if name else ("unknown", server)


def response_id(run_id: str, number: int) -> str:
    """The id of a run's response of this number."""
    return f"resp_{run_id.removeprefix('run_')}_{number}"


def place_of(response: str) -> tuple[str, int] | None:
    """The run and the response number of an id; None if the id is not an agent's."""
    head, _, number = response.rpartition("_")
    if not head.startswith("resp_") or not number.isascii() or not number.isdigit() or len(number) > 6:
        return None
    return f"run_{head.removeprefix('resp_')}", int(number)


def _usage(response: Response) -> Told:
    return {
        "input_tokens": response.tokens - response.output_tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": response.output_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": response.tokens,
    }
