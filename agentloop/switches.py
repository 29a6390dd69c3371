"""Kill switches: what operators stopped, obeyed by every replica within a second.

A switch stops everything, a team, an agent or a model, whose runs are paused before their next step; or a
tool, whose calls are refused. Calls in flight are completed. Lifting a switch resumes no run by itself.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, cast, get_args

from sqlalchemy import delete, insert, select

from agentloop.agents import AgentVersion
from agentloop.journal import RunRecord
from storage.engine import Database
from storage.errors import StoreError
from storage.schema import kill_switches

log = logging.getLogger("signalbox.runs")

Scope = Literal["all", "team", "agent", "model", "tool"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
_ALSO: dict[str, Scope] = {"global": "all", "tenant": "team"}  # synonyms

_LOOK_SECONDS = 0.5


def scope_of(word: str) -> Scope | None:
    """The scope that a word means; None if there is none."""
    return next((each for each in SCOPES if each == _ALSO.get(word, word)), None)


@dataclass(frozen=True, slots=True)
class Switch:
    """An active kill switch. `name` is empty if everything is stopped."""

    scope: Scope
    name: str
    by: str = ""
    reason: str = ""
    at_ms: int = 0

    @property
    def shown(self) -> str:
        """The target for people to read, such as `agent refund-desk`."""
        return f"{self.scope} {self.name}".strip()


class Switches:
    """`run` keeps this process's view of the switches up to date; before its first read there are none."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        """`clock` returns Unix seconds."""
        self._database = database
        self._clock = clock
        self._on: dict[tuple[str, str], Switch] = {}

    async def set(self, switch: Switch) -> None:
        """Turn a switch on. Raises StoreError."""
        where = (kill_switches.c.scope == switch.scope) & (kill_switches.c.name == switch.name)
        async with self._database.transaction() as transaction:
            await transaction.execute(delete(kill_switches).where(where))
            await transaction.execute(
                insert(kill_switches),
                {
                    "scope": switch.scope,
                    "name": switch.name,
                    "by": switch.by,
                    "reason": switch.reason,
                    "at_ms": int(self._clock() * 1000),
                },
            )
        await self.refresh()

    async def lift(self, scope: str, name: str) -> bool:
        """Turn a switch off; whether it was on. Raises StoreError."""
        where = (kill_switches.c.scope == scope) & (kill_switches.c.name == name)
        async with self._database.transaction() as transaction:
            lifted = await transaction.execute(delete(kill_switches).where(where))
        await self.refresh()
        return bool(lifted.rowcount)

    async def refresh(self) -> None:
        """Read the active switches. Raises StoreError."""
        rows = await self._database.fetch(select(kill_switches))
        found = [Switch(cast(Scope, row.scope), row.name, row.by, row.reason, row.at_ms) for row in rows]
        self._on = {(each.scope, each.name): each for each in found}

    async def run(self) -> None:
        """Refresh until cancelled; if a read fails, the last state remains."""
        while True:
            try:
                await self.refresh()
            except StoreError as error:
                log.warning("kill switches cannot be read: %s", error)
            await asyncio.sleep(_LOOK_SECONDS)

    @property
    def on(self) -> list[Switch]:
        """The active switches as of the last read."""
        return [self._on[key] for key in sorted(self._on)]

    def holding(self, record: RunRecord, agent: AgentVersion, line: tuple[str, ...] = ()) -> Switch | None:
        """The switch that stops a whole run; `line` are the agents above it."""
        own = self.stopped(record.team, agent.name, agent.model)
        if own is not None or not self._on:
            return own
        return self._first(("agent", each) for name in line for each in (name, name.partition("@")[0]))

    def stopped(self, team: str, agent: str, model: str) -> Switch | None:
        """The switch that stops any run of this agent for this team."""
        if not self._on:
            return None
        named = agent.partition("@")[0]  # stops all labelled versions of the agent
        keys = (("all", ""), ("team", team), ("agent", agent), ("agent", named), ("model", model))
        return self._first(keys)

    def refusing(self, tool: str) -> Switch | None:
        """The switch that stops a tool's calls; `server/*` stops all tools of a server."""
        if not self._on:
            return None
        return self._first((("tool", tool), ("tool", f"{tool.partition('/')[0]}/*")))

    def refusing_model(self, model: str) -> Switch | None:
        """The switch that stops calls of a model other than the agent's own, such as a summary's."""
        return self._on.get(("model", model))

    def _first(self, keys: Iterable[tuple[str, str]]) -> Switch | None:
        return next((self._on[key] for key in keys if key in self._on), None)
