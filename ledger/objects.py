"""Who created which object at a vendor, whose account has no teams."""

import importlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import delete, select

from storage.engine import Database
from storage.schema import vendor_objects

_LONGEST = 200  # characters of an id, as the table has it
_FOUND = 500  # ids in one statement


class Made(NamedTuple):
    """An object at a vendor, and its owner.

    `account` is which of the vendor's keys made it, by where that is kept; "": its first.
    """

    vendor: str
    id: str
    team: str
    kind: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class VendorObjects:
    """Raises `StoreError` for what the database does not do. `clock` gives Unix seconds."""

    database: Database
    clock: Callable[[], float]

    async def accounts_of(self, team: str, object_id: str) -> dict[str, str]:
        """At which vendors the team has an object of this id, by which account: seldom more than one."""
        found = (await self.holders([object_id])).get(object_id, ())
        return {made.vendor: made.account for made in found if made.team == team}

    async def holders(self, ids: Collection[str]) -> Mapping[str, Sequence[Made]]:
        """Whose these are, as far as anybody has them."""
        found: dict[str, list[Made]] = {}
        names = list(ids)
        columns = [vendor_objects.c[name] for name in Made._fields]
        for start in range(0, len(names), _FOUND):
            some = names[start : start + _FOUND]
            for row in await self.database.fetch(select(*columns).where(vendor_objects.c.id.in_(some))):
                found.setdefault(row.id, []).append(Made(**row._mapping))
        return found

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
        await self.keep(Made(vendor, each, team, kind) for each in dict.fromkeys(ids))

    async def keep(self, made: Iterable[Made]) -> None:
        """The same of several vendors and teams at once."""
        now = int(self.clock() * 1000)
        rows = [{**each._asdict(), "created_ms": now} for each in made if 0 < len(each.id) <= _LONGEST]
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

    async def drop_old(self, kind: str, before_ms: int) -> int:
        """Forget what is older; how many that were."""
        old = delete(vendor_objects).where(
            vendor_objects.c.kind == kind, vendor_objects.c.created_ms < before_ms
        )
        async with self.database.transaction() as transaction:
            return (await transaction.execute(old)).rowcount
