"""Organisations in the admin API."""

from typing import Literal

from gateway.admin.fields import Name, UnixSeconds, seconds
from gateway.admin.pages import Identified, Page, PageQuery, page_of
from gateway.admin.routes import AnyRoute, Ask, Nothing, Route, Strict
from ledger.entities import Organisation
from ledger.people import Organisations


class OrganisationCreate(Strict):
    """A new organisation."""

    name: Name


class OrganisationAnswer(Identified):
    """An organisation."""

    object: Literal["organisation"] = "organisation"
    name: str
    created_at: UnixSeconds


def organisation_routes(organisations: Organisations) -> tuple[AnyRoute, ...]:
    """The routes to create, list and show organisations."""

    async def create(ask: Ask[OrganisationCreate, Nothing]) -> OrganisationAnswer:
        return _answer(await organisations.create(ask.body.name))

    async def list_(ask: Ask[Nothing, PageQuery]) -> Page[OrganisationAnswer]:
        listing = await organisations.list(ask.query.limit, ask.query.after)
        return page_of([_answer(item) for item in listing.items], listing.more)

    async def show(ask: Ask[Nothing, Nothing]) -> OrganisationAnswer:
        return _answer(await organisations.get(ask.path["organisation"]))

    base, one = "/admin/v1/organisations", "/admin/v1/organisations/{organisation}"
    make, answer = OrganisationCreate, OrganisationAnswer
    return (
        Route("POST", base, "Create an organisation", create, make, Nothing, answer, 201),
        Route("GET", base, "List organisations", list_, Nothing, PageQuery, Page[OrganisationAnswer]),
        Route("GET", one, "Show an organisation, by name or id", show, Nothing, Nothing, answer),
    )


def _answer(organisation: Organisation) -> OrganisationAnswer:
    return OrganisationAnswer(
        id=organisation.id, name=organisation.name, created_at=seconds(organisation.created_ms)
    )
