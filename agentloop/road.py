"""What the loop needs of the world: a road that answers model calls, and the agents that may use it."""

from collections.abc import AsyncIterator
from typing import Protocol


class Road(Protocol):
    """Answers one model call under the caller's limits, guards and ledger; the gateway is one."""

    def ask(self, body: bytes, credential: bytes) -> AsyncIterator[bytes]:
        """The answer's bytes."""


class Agents(Protocol):
    """The agents declared by the operator."""

    def names(self) -> tuple[str, ...]:
        """Names as they appear in the list of models."""


class NoAgents:
    """No agent is declared: the list of models stays the models'."""

    def names(self) -> tuple[str, ...]:
        return ()
