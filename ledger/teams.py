"""Teams: created by the API or command line, or declared in the configuration file, which then owns them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from msgspec import UNSET
from sqlalchemy import Row, insert, or_, select, update

from config.catalog import TeamFacts
from ledger.changes import AccountChange, AccountStore
from ledger.entities import (
    AlreadyExists,
    DeclaredInFile,
    InvalidChange,
    Listing,
    NewTeam,
    NotFound,
    Team,
    TeamPatch,
)
from ledger.naming import check_models, check_name, check_tags, dump_models, dump_tags, load_models, load_tags
from ledger.paging import page
from storage.engine import Transaction
from storage.schema import organisations, teams

_TEAMS = select(teams, organisations.c.name.label("organisation")).join(organisations)


@dataclass(frozen=True, slots=True)
class Declared:
    """What `declare` changed, by team name."""

    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    archived: tuple[str, ...] = ()


class Teams:
    """The teams in the database. Raises `StoreError` if it fails."""

    def __init__(self, store: AccountStore) -> None:
        self._store = store

    async def create(self, new: NewTeam) -> Team:
        """Create a team. Raises `AlreadyExists`, `InvalidChange`."""
        async with self._store.change() as change:
            taken = await _find(change.transaction, new.name)
            if taken is not None:
                state = "" if taken.archived_ms is None else ", which is archived; its name stays taken"
                raise AlreadyExists(f"There is already a team {new.name!r}{state}.", "name")
            await enter_team(self._store, change, new)
            return _required(await _find(change.transaction, new.name), new.name)

    async def get(self, ref: str) -> Team:
        """A team by name or id; raises `NotFound`."""
        rows = await self._store.database.fetch(_named(ref))
        return _required(_team(rows[0]) if rows else None, ref)

    async def list(
        self, *, archived: bool = False, limit: int = 20, after: str | None = None
    ) -> Listing[Team]:
        query = _TEAMS if archived else _TEAMS.where(teams.c.archived_ms.is_(None))
        rows, more = await page(self._store.database, query, teams, limit, after)
        return Listing(tuple(_team(row) for row in rows), more)

    async def update(self, ref: str, patch: TeamPatch) -> Team:
        """Change a team. Raises `NotFound`, `DeclaredInFile`, `InvalidChange`."""
        async with self._store.change() as change:
            team = _ours(_required(await _find(change.transaction, ref), ref))
            if patch.models is not UNSET:
                team = replace(team, models=check_models(patch.models))
            if patch.tags is not UNSET:
                team = replace(team, tags=check_tags(patch.tags))
            await _write(change, team)
        return team

    async def archive(self, ref: str) -> Team:
        """Archive a team: its keys are refused from now on. Idempotent.

        Raises `NotFound`, `DeclaredInFile`.
        """
        async with self._store.change() as change:
            team = _ours(_required(await _find(change.transaction, ref), ref))
            if team.archived_ms is None:
                team = replace(team, archived_ms=change.now_ms)
                await _write(change, team)
        return team

    async def declare(self, facts: Mapping[str, TeamFacts]) -> Declared:
        """Synchronise the declared teams with the file, and archive those that the file no longer has.

        They are archived, not kept open: a team that lost its limits with its entry must not go on without
        limits. Once back in the file, it is open again. Raises `InvalidChange` if an entry breaks a rule.
        """
        created, changed, archived = [], [], []
        async with self._store.change() as change:
            before = {row.name: _team(row) for row in await change.transaction.fetch(_TEAMS)}
            for fact in facts.values():
                team = before.get(fact.name)
                if team is None:
                    await enter_team(self._store, change, _new(fact), declared=True)
                    created.append(fact.name)
                elif _differs(team, fact):
                    await self._redeclare(change, team, fact)
                    changed.append(fact.name)
            for team in before.values():
                if team.declared and team.name not in facts and team.archived_ms is None:
                    await _write(change, replace(team, archived_ms=change.now_ms))
                    archived.append(team.name)
        return Declared(tuple(created), tuple(changed), tuple(archived))

    async def _redeclare(self, change: AccountChange, team: Team, fact: TeamFacts) -> None:
        organisation_id = await organisation_id_of(self._store, change, fact.organisation)
        new = _new(fact)
        await _write(
            change,
            replace(team, models=new.models, tags=new.tags, declared=True, archived_ms=None),
            organisation_id,
        )


async def enter_team(
    store: AccountStore, change: AccountChange, new: NewTeam, *, declared: bool = False
) -> str:
    """Insert a team within the change; returns its id."""
    row = {
        "id": store.new_id("team"),
        "organisation_id": await organisation_id_of(store, change, new.organisation),
        "name": check_name(new.name),
        "models": dump_models(check_models(new.models)),
        "tags": dump_tags(check_tags(new.tags)),
        "declared": declared,
        "created_ms": change.now_ms,
    }
    await change.transaction.execute(insert(teams), row)
    await change.note("team", str(row["id"]))
    return str(row["id"])


async def organisation_id_of(store: AccountStore, change: AccountChange, name: str) -> str:
    """The id of an organisation (name or id), which is created if unknown."""
    match = or_(organisations.c.name == name, organisations.c.id == name)
    rows = await change.transaction.fetch(select(organisations.c.id).where(match))
    if rows:
        return str(rows[0].id)
    row = {
        "id": store.new_id("org"),
        "name": check_name(name, "organisation"),
        "created_ms": change.now_ms,
    }
    await change.transaction.execute(insert(organisations), row)
    await change.note("organisation", str(row["id"]))
    return str(row["id"])


async def team_id_of(transaction: Transaction, ref: str) -> str:
    """The id of an open team, by name or id. Raises `NotFound`, or `InvalidChange` if it is archived."""
    team = _required(await _find(transaction, ref), ref)
    if team.archived_ms is not None:
        raise InvalidChange(f"Team {team.name!r} is archived; choose an open one.", "team")
    return team.id


async def _find(transaction: Transaction, ref: str) -> Team | None:
    rows = await transaction.fetch(_named(ref))
    return _team(rows[0]) if rows else None


async def _write(change: AccountChange, team: Team, organisation_id: str | None = None) -> None:
    values: dict[str, Any] = {
        "models": dump_models(team.models),
        "tags": dump_tags(team.tags),
        "declared": team.declared,
        "archived_ms": team.archived_ms,
    }
    if organisation_id is not None:
        values["organisation_id"] = organisation_id
    await change.transaction.execute(update(teams).where(teams.c.id == team.id).values(values))
    await change.note("team", team.id)


def _named(ref: str) -> Any:
    # An id takes precedence over a team whose name is that id.
    return _TEAMS.where(or_(teams.c.id == ref, teams.c.name == ref)).order_by(teams.c.name == ref)


def _team(row: Row[Any]) -> Team:
    return Team(
        id=row.id,
        name=row.name,
        organisation=row.organisation,
        models=load_models(row.models),
        tags=load_tags(row.tags),
        declared=row.declared,
        created_ms=row.created_ms,
        archived_ms=row.archived_ms,
    )


def _new(fact: TeamFacts) -> NewTeam:
    return NewTeam(fact.name, fact.organisation, check_models(fact.models), check_tags(fact.tags.items()))


def _differs(team: Team, fact: TeamFacts) -> bool:
    new = _new(fact)
    now = (team.organisation, team.models, team.tags, team.declared, team.archived_ms)
    return now != (new.organisation, new.models, new.tags, True, None)


def _required(team: Team | None, ref: str) -> Team:
    if team is None:
        raise NotFound(f"There is no team {ref!r}. `signalbox teams list` shows those there are.", "team")
    return team


def _ours(team: Team) -> Team:
    if team.declared:
        raise DeclaredInFile(
            f"Team {team.name!r} is declared in the configuration file (signalbox.yaml), which alone may "
            f"change it: edit `teams.{team.name}` there and reload.",
            "team",
        )
    return team
