"""Rejects unknown team names given to a command: a typo would otherwise look like zero usage."""

from collections.abc import Iterable, Sequence
from functools import partial

from sqlalchemy import select

from config.errors import did_you_mean, quoted
from gateway.cli.failure import fail
from gateway.cli.places import Where
from gateway.cli.store import read_ledger
from storage.engine import Database
from storage.schema import teams

_MOST = 10_000  # names searched for a similar one


def refuse_strangers(names: Iterable[str], where: Where, declared: Iterable[str] = ()) -> None:
    """Exits with 1 at the first name that is neither a team in the ledger, even archived, nor `declared`."""
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
    """() if the team exists; else one text: a question with the nearest name, or ""."""
    if await ledger.fetch(select(teams.c.id).where(teams.c.name == name)):
        return ()
    found = await ledger.fetch(select(teams.c.name).order_by(teams.c.name).limit(_MOST))
    near = did_you_mean(name, sorted({*declared, *(row.name for row in found)}))
    return (f" {near}" if near else "",)
