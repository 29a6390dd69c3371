"""What a driver needs from outside to execute a run's commands."""

from typing import Protocol

from agentloop.agents import AgentVersion, ToolVersion
from agentloop.commands import AskModel, SumUp
from agentloop.events import (
    Event,
    LimitReached,
    ModelCompleted,
    ModelFailed,
    SummaryCompleted,
    SummaryFailed,
)
from agentloop.journal import RunRecord
from agentloop.steps import Step


class Stopped(Protocol):
    """Something that the operator stopped."""

    @property
    def shown(self) -> str:
        """As people read it, such as `agent refund-desk`."""

    @property
    def reason(self) -> str:
        """Why."""


class Stops(Protocol):
    """What the operator stopped, as far as this process knows."""

    def holding(self, record: RunRecord, agent: AgentVersion, line: tuple[str, ...] = ()) -> Stopped | None:
        """What stops a whole run; `line` are the agents above it, which stop it as its own does."""

    def refusing(self, tool: str) -> Stopped | None:
        """What stops a tool's calls."""

    def refusing_model(self, model: str) -> Stopped | None:
        """What stops a model's calls."""


class Models(Protocol):
    """Answers model calls under the limits, guards and ledger of the run's key; the gateway does."""

    async def ask(
        self, record: RunRecord, agent: AgentVersion, command: AskModel
    ) -> ModelCompleted | ModelFailed | LimitReached:
        """The model's answer, or why there is none: it may not cost more than the command has room for.

        Raises nothing but cancellation.
        """

    async def sum_up(self, record: RunRecord, command: SumUp) -> SummaryCompleted | SummaryFailed:
        """A summary, or why there is none, by the same rules."""


class Tools(Protocol):
    """Calls tools that the door allowed."""

    async def call(self, record: RunRecord, tool: ToolVersion, step: Step) -> Event:
        """ToolCompleted, ToolFailed (it surely had no effect, or says so), ToolUnderway or ToolUnknown.

        A step with a handle is asked for, and not called again.
        """

    async def reconcile(self, record: RunRecord, agent: AgentVersion, step: Step) -> Event:
        """ToolReconciled, or ToolUnknown when it cannot be told now."""
