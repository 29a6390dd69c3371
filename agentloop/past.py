"""Counts for rules over many runs: a call is counted before it is judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select, text

from agentloop.agents import AgentVersion
from agentloop.choke import Case, Door
from agentloop.events import PolicyDecided
from agentloop.policy import Asking, Rule, matches, named, tool_matches
from storage.engine import Database, Transaction
from storage.schema import tool_history

_CANONICAL = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class _Place:
    """One rule's count of calls with the `same` key; if `adds`, this call counts with `amount`."""

    rule: Rule
    same: str
    amount: float
    adds: bool


class Past:
    """Implements `Remembering`. Raises `StoreError` if the database fails. `clock` returns Unix seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    @staticmethod
    def needed(agent: AgentVersion) -> bool:
        """Whether any rule of the agent counts over many runs."""
        return any(rule.history is not None and rule.history.within for rule in agent.rules)

    async def judged(self, door: Door, case: Case, now_ms: int) -> PolicyDecided:
        """The checkpoint's verdict, given the counts; a denied call is removed from them."""
        asking = door.asking(case)
        places = [] if asking is None else _places(case, asking)
        if not places:
            return door.decide_tool(case.run, case.step, case.agent, now_ms)
        parts = (case.run.id, str(case.run.turn), case.step.call.call_id)
        key = sha256("\x1f".join(parts).encode()).hexdigest()
        counted = await self._counted(places, key, now_ms)
        event = replace(door, counted=counted).decide_tool(case.run, case.step, case.agent, now_ms)
        if event.verdict == "deny":
            async with self._database.transaction() as transaction:
                await transaction.execute(delete(tool_history).where(tool_history.c.key == key))
        return event

    async def _counted(self, places: list[_Place], key: str, now_ms: int) -> dict[str, float]:
        counted: dict[str, float] = {}
        async with self._database.transaction() as transaction:
            if self._database.dialect == "postgresql":
                for same in sorted({place.same for place in places}):  # a fixed order prevents deadlock
                    await transaction.execute(
                        text("SELECT pg_advisory_xact_lock(hashtext(:same))"), {"same": same}
                    )
            for place in places:
                counted[place.rule.name] = await _count(transaction, place, key, now_ms)
        return counted


async def _count(transaction: Transaction, place: _Place, key: str, now_ms: int) -> float:
    """The number of earlier calls; or their sum, which includes this call's amount."""
    history = place.rule.history
    assert history is not None
    of = tool_history.c
    mine = (of.same == place.same) & (of.key == key)
    before = (of.same == place.same) & (of.at_ms > now_ms - int(history.within * 1000)) & (of.key != key)
    if place.adds:
        rows = await transaction.fetch(select(of.id).where(mine))
        if not rows:
            row = {"same": place.same, "key": key, "at_ms": now_ms, "amount": place.amount}
            await transaction.execute(insert(tool_history), row)
            rows = await transaction.fetch(select(of.id).where(mine))
        before &= of.id < rows[0].id
    found: Any = (
        await transaction.execute(select(func.count(), func.coalesce(func.sum(of.amount), 0.0)).where(before))
    ).one()
    return float(found[1]) + place.amount if history.sum else float(found[0])


def _places(case: Case, asking: Asking) -> list[_Place]:
    found = []
    for rule in case.agent.rules:
        history = rule.history
        if history is None or not history.within:
            continue
        adds = tool_matches(asking.tool, history.tools)
        if not adds and not matches(rule, asking):
            continue
        values = [named(asking, each) for each in history.same]
        amount = named(asking, history.sum) if history.sum else 0.0
        if None in values or not isinstance(amount, int | float) or isinstance(amount, bool):
            continue  # not counted: the rule is then undecidable, so it cannot let the call pass
        same = [rule.name, _scope(history.scope, case, asking), *values]
        found.append(_Place(rule, sha256(_CANONICAL(same)).hexdigest(), float(amount), adds))
    return found


def _scope(scope: str, case: Case, asking: Asking) -> str:
    who: Mapping[str, Any] = {
        "team": asking.who.team,
        "key": asking.who.key,
        "user": asking.who.user,
        "agent": case.run.agent,
    }
    return f"{scope} {who.get(scope, '')}"
