"""Kill switches: what operators stopped, obeyed by every replica within a second.

A switch stops everything, a team, an agent or a model: runs of it are held before their next step. Or a tool:
its calls are refused. What is in the air comes to its end. Lifting a switch lets nothing go on by itself.
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
_ALSO: dict[str, Scope] = {"global": "all", "tenant": "team"}  # other words for the same

_LOOK_SECONDS = 0.5


def scope_of(word: str) -> Scope | None:
    """What somebody means by it; None: nothing that can be stopped."""
    return next((each for each in SCOPES if each == _ALSO.get(word, word)), None)


@dataclass(frozen=True, slots=True)
class Switch:
    """A kill switch that is set. `name` is empty if everything is stopped."""

    scope: Scope
    name: str
    by: str = ""
    reason: str = ""
    at_ms: int = 0

    @property
    def shown(self) -> str:
        """As people read it, such as `agent refund-desk`."""
        return f"{self.scope} {self.name}".strip()


class Switches:
    """`run` keeps what this process knows up to date; before its first look it knows of none."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        """`clock` gives Unix seconds."""
        self._database = database
        self._clock = clock
        self._on: dict[tuple[str, str], Switch] = {}

    async def set(self, switch: Switch) -> None:
        """Stop it. Raises StoreError."""
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
        """Whether it was on. Raises StoreError."""
        where = (kill_switches.c.scope == scope) & (kill_switches.c.name == name)
        async with self._database.transaction() as transaction:
            lifted = await transaction.execute(delete(kill_switches).where(where))
        await self.refresh()
        return bool(lifted.rowcount)

    async def refresh(self) -> None:
        """Look at what is on. Raises StoreError."""
        rows = await self._database.fetch(select(kill_switches))
        found = [Switch(cast(Scope, row.scope), row.name, row.by, row.reason, row.at_ms) for row in rows]
        self._on = {(each.scope, each.name): each for each in found}

    async def run(self) -> None:
        """Until cancelled. What cannot be looked at stays as it was."""
        while True:
            try:
                await self.refresh()
            except StoreError as error:
                log.warning("kill switches cannot be read: %s", error)
            await asyncio.sleep(_LOOK_SECONDS)

    @property
    def on(self) -> list[Switch]:
        """Those that are on, as of the last look."""
        return [self._on[key] for key in sorted(self._on)]

    def holding(self, record: RunRecord, agent: AgentVersion, line: tuple[str, ...] = ()) -> Switch | None:
        """What stops a whole run, of which `line` are the agents above it."""
        own = self.stopped(record.team, agent.name, agent.model)
        if own is not None or not self._on:
            return own
        return self._first(("agent", each) for name in line for each in (name, name.partition("@")[0]))

    def stopped(self, team: str, agent: str, model: str) -> Switch | None:
        """What stops any run of this agent for this team."""
        if not self._on:
            return None
        named = agent.partition("@")[0]  # with all its labelled versions
        keys = (("all", ""), ("team", team), ("agent", agent), ("agent", named), ("model", model))
        return self._first(keys)

    def refusing(self, tool: str) -> Switch | None:
        """What stops a tool's calls; a whole server is stopped by `server/*`."""
        if not self._on:
            return None
        return self._first((("tool", tool), ("tool", f"{tool.partition('/')[0]}/*")))

    def refusing_model(self, model: str) -> Switch | None:
        """What stops the calls of a model that is no agent's own."""
        return self._on.get(("model", model))

    def _first(self, keys: Iterable[tuple[str, str]]) -> Switch | None:
        return next((self._on[key] for key in keys if key in self._on), None)
