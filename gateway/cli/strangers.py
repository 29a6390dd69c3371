"""Rejects unknown names given to a command: a typo would otherwise look like zero usage."""

from collections.abc import Iterable, Sequence
from functools import partial

from sqlalchemy import select

from config.errors import did_you_mean, quoted
from gateway.cli.failure import fail
from gateway.cli.places import Where
from gateway.cli.store import read_ledger
from storage.engine import Database
from storage.schema import teams

_MOST = 10_000  # names that are looked through for a near one


def refuse_strangers(names: Iterable[str], where: Where, declared: Iterable[str] = ()) -> None:
    """Exit with 1 at the first that is no team's, of the ledger or of those `declared`; archived ones are."""
    here = set(declared)
    for name in names:
        if name not in here:
            near = read_ledger(partial(_near, name=name, declared=here), where)
            if near:
                said = (
                    f"There is no team {quoted(name)}.{near[0]} `signalbox teams list` shows those there are."
                )
                fail(said, as_json=where.as_json, code="not_found")


async def _near(ledger: Database, name: str, declared: set[str]) -> Sequence[str]:
    """A question with the nearest name, which may be empty; nothing where there is such a team."""
    if await ledger.fetch(select(teams.c.id).where(teams.c.name == name)):
        return ()
    found = await ledger.fetch(select(teams.c.name).order_by(teams.c.name).limit(_MOST))
    near = did_you_mean(name, sorted({*declared, *(row.name for row in found)}))
    return (f" {near}" if near else "",)
