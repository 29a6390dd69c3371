"""Paginated lists in OpenAI's format."""

from collections.abc import Sequence
from typing import Generic, Literal, TypeVar

from pydantic import Field

from gateway.admin.routes import Strict


class Identified(Strict):
    """An item with the id by which pages are continued."""

    id: str


ItemT = TypeVar("ItemT")
IdentifiedT = TypeVar("IdentifiedT", bound=Identified)


class PageQuery(Strict):
    """The start of a page and its greatest length."""

    limit: int = Field(20, ge=1, le=200, description="How many items to answer at most.")
    after: str | None = Field(None, max_length=64, description="The `last_id` of the page before.")


class Page(Strict, Generic[ItemT]):
    """One page, newest first; repeat the request with `after` = `last_id` while `has_more` is true."""

    object: Literal["list"] = "list"
    data: list[ItemT]
    has_more: bool
    last_id: str | None


def page_of(items: Sequence[IdentifiedT], more: bool) -> Page[IdentifiedT]:
    """The page of these items."""
    return Page(data=list(items), has_more=more, last_id=items[-1].id if items else None)
