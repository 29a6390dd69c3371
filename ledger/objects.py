"""Records which team owns which object at a vendor, since vendors' accounts do not know teams."""

import importlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import delete, select

from storage.engine import Database
from storage.schema import vendor_objects

_LONGEST = 200  # characters of an id: the column's width
_FOUND = 500  # ids per statement


class Made(NamedTuple):
    """An object at a vendor, and its owner.

    `account` says which of the vendor's keys created it, by where that key is stored; "": the first.
    """

    vendor: str
    id: str
    team: str
    kind: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class VendorObjects:
    """The records in the database. Raises `StoreError` if it fails. `clock` returns Unix seconds."""

    database: Database
    clock: Callable[[], float]

    async def accounts_of(self, team: str, object_id: str) -> dict[str, str]:
        """The accounts, by vendor, in which the team has an object of this id: seldom more than one."""
        found = (await self.holders([object_id])).get(object_id, ())
        return {made.vendor: made.account for made in found if made.team == team}

    async def holders(self, ids: Collection[str]) -> Mapping[str, Sequence[Made]]:
        """The records of these ids; ids without an owner are absent."""
        found: dict[str, list[Made]] = {}
        names = list(ids)
        columns = [vendor_objects.c[name] for name in Made._fields]
        for start in range(0, len(names), _FOUND):
            some = names[start : start + _FOUND]
            for row in await self.database.fetch(select(*columns).where(vendor_objects.c.id.in_(some))):
                found.setdefault(row.id, []).append(Made(**row._mapping))
        return found

    async def own(self, vendor: str, team: str, ids: Collection[str]) -> set[str]:
        """Those of these ids that the team owns at this vendor."""
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
        """Make the team the owner of these objects, in the vendor's first account, as `keep` does."""
        await self.keep(Made(vendor, each, team, kind) for each in dict.fromkeys(ids))

    async def keep(self, made: Iterable[Made]) -> None:
        """Record objects' owners. An existing record stays; ids that are empty or too long are skipped."""
        now = int(self.clock() * 1000)
        rows = [{**each._asdict(), "created_ms": now} for each in made if 0 < len(each.id) <= _LONGEST]
        if not rows:
            return
        # Import only the dialect in use: the other one would take two megabytes for nothing.
        construct = importlib.import_module(f"sqlalchemy.dialects.{self.database.dialect}").insert
        async with self.database.transaction() as transaction:
            await transaction.execute(construct(vendor_objects).on_conflict_do_nothing(), rows)

    async def forget(self, vendor: str, team: str, object_id: str) -> None:
        """Delete the record of an object that was deleted at its vendor."""
        async with self.database.transaction() as transaction:
            await transaction.execute(
                delete(vendor_objects).where(
                    vendor_objects.c.vendor == vendor,
                    vendor_objects.c.team == team,
                    vendor_objects.c.id == object_id,
                )
            )

    async def drop_old(self, kind: str, before_ms: int) -> int:
        """Delete older records of this kind; returns how many."""
        old = delete(vendor_objects).where(
            vendor_objects.c.kind == kind, vendor_objects.c.created_ms < before_ms
        )
        async with self.database.transaction() as transaction:
            return (await transaction.execute(old)).rowcount
