"""Notifies the operator's webhook of pending approvals: once for each group that is asked."""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import select

from agentloop.journal import Journal
from agentloop.run import Run, replay
from gateway.agents.views import approvals
from ledger.notices import Notice, Notices
from storage.engine import Database
from storage.errors import StoreError
from storage.schema import runs

log = logging.getLogger("signalbox.runs")

LOOK_SECONDS = 1.0
_OVERLAP_MS = 10_000  # each look reaches back this far, for rows that a slow process wrote late
_FIRST_MS = 3_600_000  # the first look reaches back this far, for a process that died before notifying
_MOST = 500  # runs per look


class Announcing:
    """`wanted` returns whether a webhook is configured now; the sender of alerts delivers the notices."""

    def __init__(
        self, database: Database, journal: Journal, clock: Callable[[], float], wanted: Callable[[], bool]
    ) -> None:
        self._database = database
        self._journal = journal
        self._notices = Notices(database)
        self._clock = clock
        self._wanted = wanted
        self._since = int(clock() * 1000) - _FIRST_MS
        self._told: dict[str, int] = {}  # notice -> when: each is entered in the database once

    async def run(self) -> None:
        """Look for ever. After a database failure, the next look tries again."""
        while True:
            try:
                if self._wanted():
                    await self.look()
            except StoreError as error:
                log.warning("approvers cannot be notified yet: %s", error)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> int:
        """Enter notices that no process has entered yet, and return their number. Raises StoreError."""
        now = int(self._clock() * 1000)
        waiting = (runs.c.status == "waiting") & (runs.c.reason == "approval")
        where = waiting & (runs.c.updated_ms >= self._since)
        query = select(runs.c.id, runs.c.updated_ms).where(where).order_by(runs.c.updated_ms).limit(_MOST)
        rows = await self._database.fetch(query)
        entered = 0
        for row in rows:
            entered += await self._announce(row.id, now)
        self._since = max(self._since, (rows[-1].updated_ms if len(rows) == _MOST else now) - _OVERLAP_MS)
        self._told = {name: at for name, at in self._told.items() if at >= now - 2 * _FIRST_MS}
        return entered

    async def _announce(self, run_id: str, now: int) -> int:
        record = await self._journal.record(run_id)
        run = replay(run_id, (await self._journal.events(run_id))[: record.head])
        entered = 0
        for waiting in approvals(record, run):
            notice = notice_of(waiting, record.team, run, now)
            if notice.id in self._told:
                continue
            entered += await self._notices.enter(notice, send=True)
            self._told[notice.id] = now
        return entered


def notice_of(waiting: dict[str, Any], team: str, run: Run, now: int) -> Notice:
    """The notice; its id is the same in every process that sees this call wait for this group."""
    name = hashlib.sha256(f"approval {waiting['id']} {waiting['group']}".encode()).hexdigest()
    said = {"id": name, "type": "approval.requested", "team": team, "cost_nano": run.used.cost}
    told = {key: value for key, value in waiting.items() if key not in ("id", "object")}
    body = {**said, "approval_id": waiting["id"], **told}
    return Notice(name, now, msgspec.json.encode(body).decode())
