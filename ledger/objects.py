"""Who made what at a vendor, whose account knows no teams: an object is there for its own team alone."""

import importlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select

from storage.engine import Database
from storage.schema import vendor_objects

_LONGEST = 200  # characters of an id, as the table has it


@dataclass(frozen=True, slots=True)
class VendorObjects:
    """Raises `StoreError` for what the database does not do. `clock` gives Unix seconds."""

    database: Database
    clock: Callable[[], float]

    async def vendors_of(self, team: str, object_id: str) -> list[str]:
        """At which vendors the team has an object of this id: seldom more than one."""
        rows = await self.database.fetch(
            select(vendor_objects.c.vendor).where(
                vendor_objects.c.id == object_id, vendor_objects.c.team == team
            )
        )
        return [str(row.vendor) for row in rows]

    async def own(self, vendor: str, team: str, ids: Collection[str]) -> set[str]:
        """Which of these ids are the team's at this vendor."""
        if not ids:
            return set()
        rows = await self.database.fetch(
            select(vendor_objects.c.id).where(
                vendor_objects.c.vendor == vendor,
                vendor_objects.c.team == team,
                vendor_objects.c.id.in_(list(ids)),
            )
        )
        return {str(row.id) for row in rows}

    async def bind(self, vendor: str, team: str, kind: str, ids: Iterable[str]) -> None:
        """These are the team's from now on; whose an object is already, he keeps it."""
        now = int(self.clock() * 1000)
        rows = [
            {"vendor": vendor, "id": each, "team": team, "kind": kind, "created_ms": now}
            for each in dict.fromkeys(ids)
            if 0 < len(each) <= _LONGEST
        ]
        if not rows:
            return
        # The one that is used: the other's module would take two megabytes for nothing.
        construct = importlib.import_module(f"sqlalchemy.dialects.{self.database.dialect}").insert
        async with self.database.transaction() as transaction:
            await transaction.execute(construct(vendor_objects).on_conflict_do_nothing(), rows)

    async def forget(self, vendor: str, team: str, object_id: str) -> None:
        """The object was deleted at its vendor."""
        async with self.database.transaction() as transaction:
            await transaction.execute(
                delete(vendor_objects).where(
                    vendor_objects.c.vendor == vendor,
                    vendor_objects.c.team == team,
                    vendor_objects.c.id == object_id,
                )
            )
