"""The Protocols of what a driver needs to execute a run's commands."""

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
    """A kill switch that applies."""

    @property
    def shown(self) -> str:
        """The target for people to read, such as `agent refund-desk`."""

    @property
    def reason(self) -> str:
        """Why it was stopped."""


class Stops(Protocol):
    """The operator's kill switches, as known to this process."""

    def holding(self, record: RunRecord, agent: AgentVersion, line: tuple[str, ...] = ()) -> Stopped | None:
        """The switch that stops a whole run; one on an agent above it, in `line`, stops it, too."""

    def refusing(self, tool: str) -> Stopped | None:
        """The switch that stops a tool's calls."""

    def refusing_model(self, model: str) -> Stopped | None:
        """The switch that stops a model's calls."""


class Models(Protocol):
    """Makes model calls under the limits, guards and ledger of the run's key; the gateway implements it."""

    async def ask(
        self, record: RunRecord, agent: AgentVersion, command: AskModel
    ) -> ModelCompleted | ModelFailed | LimitReached:
        """The model's answer or the reason there is none; costs no more than the command's `room`.

        Raises nothing but cancellation.
        """

    async def sum_up(self, record: RunRecord, command: SumUp) -> SummaryCompleted | SummaryFailed:
        """A summary or the reason there is none, under the same rules."""


class Tools(Protocol):
    """Calls tools that the checkpoint allowed."""

    async def call(self, record: RunRecord, tool: ToolVersion, step: Step) -> Event:
        """ToolCompleted, ToolFailed (surely no effect, or a reported failure), ToolUnderway or ToolUnknown.

        A step with a handle is polled, not called again.
        """

    async def reconcile(self, record: RunRecord, agent: AgentVersion, step: Step) -> Event:
        """ToolReconciled, or ToolUnknown if the outcome cannot be determined now."""
