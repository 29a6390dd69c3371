"""An admin route: the value from which both the server and the OpenAPI document are built."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from ledger.principal import Principal

Method = Literal["GET", "POST", "PATCH", "DELETE"]


class Strict(BaseModel):
    """The base of every body, query and answer: frozen, and unknown fields are errors.

    Validators are built on first use, not at the start.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Nothing(Strict):
    """The body or query of a route that takes none."""


BodyT = TypeVar("BodyT", bound=BaseModel)
QueryT = TypeVar("QueryT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Ask(Generic[BodyT, QueryT]):
    """One administrative request, already authenticated and validated."""

    caller: Principal
    body: BodyT
    query: QueryT
    path: Mapping[str, str] = field(default_factory=dict)  # the values of the `{names}` in the route's path


@dataclass(frozen=True, slots=True)
class Route(Generic[BodyT, QueryT]):
    """One operation of the API.

    The handler may raise `AdminError`, or any error that `gateway/admin/errors.py` translates.
    """

    method: Method
    path: str  # with `{name}` for values, e.g. "/admin/v1/teams/{team}"
    summary: str  # one line for the document
    handler: Callable[[Ask[BodyT, QueryT]], Awaitable[BaseModel]]
    body: type[BodyT]
    query: type[QueryT]
    answer: type[BaseModel]
    status: int = 200


AnyRoute = Route[Any, Any]
