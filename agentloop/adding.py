"""What drivers add to their runs: all that comes at once in one transaction, each under its own fence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select, update

from agentloop.records import (
    Bodies,
    Fenced,
    Overtaken,
    Place,
    RunRecord,
    Standing,
    insert_events,
    locking,
    place_of,
)
from storage.engine import Database
from storage.errors import StoreDown, StoreError
from storage.schema import runs


@dataclass(frozen=True, slots=True)
class Addition:
    """What is to be added to a run, and how it stands then."""

    held: RunRecord
    bodies: Bodies
    standing: Standing

    def after(self, now_ms: int) -> RunRecord:
        """The run's row then."""
        return replace(
            self.held,
            head=self.held.head + len(self.bodies),
            status=self.standing.status,
            reason=self.standing.reason[:64],
            wake_ms=self.standing.wake_ms,
            updated_ms=now_ms,
        )


_MOVED = ("head", "status", "reason", "wake_ms", "updated_ms")
_MOVE = update(runs).where(runs.c.id == bindparam("of")).values({name: bindparam(name) for name in _MOVED})


def _moved(after: RunRecord) -> dict[str, object]:
    return {name: getattr(after, name) for name in _MOVED}


@dataclass(frozen=True, slots=True)
class Adding:
    """The work of a `Gathering`. `now_ms` gives Unix milliseconds."""

    database: Database
    now_ms: Callable[[], int]

    async def add(self, additions: Sequence[Addition]) -> Sequence[RunRecord | Exception]:
        """All in one transaction; where it is refused each alone, so that one harms nobody else."""
        if len(additions) == 1:
            return [await self._one(additions[0])]
        try:
            return await self._together(additions)
        except StoreDown:
            raise
        except StoreError:
            return [await self._alone(each) for each in additions]

    async def _alone(self, addition: Addition) -> RunRecord | Exception:
        try:
            return await self._one(addition)
        except StoreError as error:
            return error

    async def _one(self, addition: Addition) -> RunRecord | Exception:
        now, held = self.now_ms(), addition.held
        after = addition.after(now)
        async with self.database.transaction() as transaction:
            moved = await transaction.execute(
                update(runs)
                .where(runs.c.id == held.id, runs.c.epoch == held.epoch, runs.c.head == held.head)
                .values(_moved(after))
            )
            if moved.rowcount == 0:
                rows = await transaction.fetch(select(runs.c.epoch).where(runs.c.id == held.id))
                return _missed(held, rows[0].epoch if rows else None)
            await insert_events(transaction, [(place_of(held, held.head, now), addition.bodies)])
        return after

    async def _together(self, additions: Sequence[Addition]) -> Sequence[RunRecord | Exception]:
        now = self.now_ms()
        outcomes: list[RunRecord | Exception] = []
        written: list[tuple[Place, Bodies]] = []
        async with self.database.transaction() as transaction:
            found = await transaction.fetch(locking(self.database, [each.held.id for each in additions]))
            stands = {row.id: (row.epoch, row.head) for row in found}
            for each in additions:
                held = each.held
                epoch, head = stands.get(held.id, (None, None))
                if (epoch, head) != (held.epoch, held.head):
                    outcomes.append(_missed(held, epoch))
                    continue
                after = each.after(now)
                stands[held.id] = (after.epoch, after.head)
                outcomes.append(after)
                written.append((place_of(held, held.head, now), each.bodies))
            moved = [{"of": each.id, **_moved(each)} for each in outcomes if isinstance(each, RunRecord)]
            if moved:
                await transaction.execute(_MOVE, moved)
                await insert_events(transaction, written)
        return outcomes


def _missed(held: RunRecord, epoch: int | None) -> Exception:
    """Why nothing could be added to a run that stands under this claim now."""
    return Overtaken(held.id) if epoch == held.epoch else Fenced(held.id)
