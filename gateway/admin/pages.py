"""Lists in OpenAI's shape, a page at a time."""

from typing import Generic, Literal, TypeVar

from pydantic import Field

from gateway.admin.routes import Strict

ItemT = TypeVar("ItemT")


class PageQuery(Strict):
    """Where a page begins and how long it may be."""

    limit: int = Field(20, ge=1, le=200, description="How many items to answer at most.")
    after: str | None = Field(None, max_length=64, description="The `last_id` of the page before.")


class Page(Strict, Generic[ItemT]):
    """One page; ask again with `after` = `last_id` while `has_more` is true."""

    object: Literal["list"] = "list"
    data: list[ItemT]
    has_more: bool
    last_id: str | None = None
