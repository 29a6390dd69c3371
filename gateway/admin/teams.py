"""Teams in the admin API."""

from typing import Literal

from msgspec import UNSET

from gateway.admin.fields import (
    ModelPatterns,
    Name,
    TagMap,
    UnixSeconds,
    from_models,
    seconds,
    seconds_or_none,
    to_models,
)
from gateway.admin.pages import Identified, Page, PageQuery, page_of
from gateway.admin.routes import AnyRoute, Ask, Nothing, Route, Strict
from ledger.entities import NewTeam, Team, TeamPatch
from ledger.teams import Teams


class TeamCreate(Strict):
    """A new team; an unknown organisation is created."""

    name: Name
    organisation: Name = "default"
    models: ModelPatterns = None
    tags: TagMap = {}


class TeamChange(Strict):
    """Changes to a team; fields left out stay as they are."""

    models: ModelPatterns = None
    tags: TagMap = {}


class TeamAnswer(Identified):
    """A team. A declared one belongs to the configuration file and cannot be changed here."""

    object: Literal["team"] = "team"
    name: str
    organisation: str
    models: ModelPatterns
    tags: TagMap
    declared: bool
    created_at: UnixSeconds
    archived_at: UnixSeconds | None


class TeamQuery(PageQuery):
    """A page of teams."""

    archived: bool = False


def team_routes(teams: Teams) -> tuple[AnyRoute, ...]:
    """The routes to create, list, show, change and archive teams."""

    async def create(ask: Ask[TeamCreate, Nothing]) -> TeamAnswer:
        body = ask.body
        new = NewTeam(body.name, body.organisation, to_models(body.models), tuple(body.tags.items()))
        return team_answer(await teams.create(new))

    async def list_(ask: Ask[Nothing, TeamQuery]) -> Page[TeamAnswer]:
        query = ask.query
        listing = await teams.list(archived=query.archived, limit=query.limit, after=query.after)
        return page_of([team_answer(item) for item in listing.items], listing.more)

    async def show(ask: Ask[Nothing, Nothing]) -> TeamAnswer:
        return team_answer(await teams.get(ask.path["team"]))

    async def change(ask: Ask[TeamChange, Nothing]) -> TeamAnswer:
        body, given = ask.body, ask.body.model_fields_set
        patch = TeamPatch(
            models=to_models(body.models) if "models" in given else UNSET,
            tags=tuple(body.tags.items()) if "tags" in given else UNSET,
        )
        return team_answer(await teams.update(ask.path["team"], patch))

    async def archive(ask: Ask[Nothing, Nothing]) -> TeamAnswer:
        return team_answer(await teams.archive(ask.path["team"]))

    base, one = "/admin/v1/teams", "/admin/v1/teams/{team}"
    closing = "Archive a team: its keys are refused from now on"
    return (
        Route("POST", base, "Create a team", create, TeamCreate, Nothing, TeamAnswer, 201),
        Route("GET", base, "List teams", list_, Nothing, TeamQuery, Page[TeamAnswer]),
        Route("GET", one, "Show a team, by name or id", show, Nothing, Nothing, TeamAnswer),
        Route("PATCH", one, "Change a team", change, TeamChange, Nothing, TeamAnswer),
        Route("POST", f"{one}/archive", closing, archive, Nothing, Nothing, TeamAnswer),
    )


def team_answer(team: Team) -> TeamAnswer:
    """A team as shown in JSON, here and on the command line."""
    return TeamAnswer(
        id=team.id,
        name=team.name,
        organisation=team.organisation,
        models=from_models(team.models),
        tags=dict(team.tags),
        declared=team.declared,
        created_at=seconds(team.created_ms),
        archived_at=seconds_or_none(team.archived_ms),
    )
