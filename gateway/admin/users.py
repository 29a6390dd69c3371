"""Users in the admin API."""

from typing import Literal

from gateway.admin.fields import Name, UnixSeconds, seconds
from gateway.admin.pages import Identified, Page, PageQuery, page_of
from gateway.admin.routes import AnyRoute, Ask, Nothing, Route, Strict
from ledger.entities import User
from ledger.people import Users


class UserCreate(Strict):
    """A new user of a team."""

    team: Name
    name: Name


class UserAnswer(Identified):
    """A person or service within a team."""

    object: Literal["user"] = "user"
    name: str
    team: str
    created_at: UnixSeconds


class UserQuery(PageQuery):
    """A page of users, of one team or of all."""

    team: str | None = None


def user_routes(users: Users) -> tuple[AnyRoute, ...]:
    """The routes to create, list and show users."""

    async def create(ask: Ask[UserCreate, Nothing]) -> UserAnswer:
        return _answer(await users.create(ask.body.team, ask.body.name))

    async def list_(ask: Ask[Nothing, UserQuery]) -> Page[UserAnswer]:
        listing = await users.list(ask.query.team, ask.query.limit, ask.query.after)
        return page_of([_answer(item) for item in listing.items], listing.more)

    async def show(ask: Ask[Nothing, Nothing]) -> UserAnswer:
        return _answer(await users.get(ask.path["user"]))

    base, one = "/admin/v1/users", "/admin/v1/users/{user}"
    return (
        Route("POST", base, "Create a user", create, UserCreate, Nothing, UserAnswer, 201),
        Route("GET", base, "List users", list_, Nothing, UserQuery, Page[UserAnswer]),
        Route("GET", one, "Show a user", show, Nothing, Nothing, UserAnswer),
    )


def _answer(user: User) -> UserAnswer:
    return UserAnswer(id=user.id, name=user.name, team=user.team, created_at=seconds(user.created_ms))
