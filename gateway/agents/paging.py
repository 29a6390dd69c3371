"""Lists of runs in pages, newest first, in OpenAI's format: `limit`, `after`, `has_more`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from agentloop.journal import RunRecord
from gateway.errors import BadRequest

_MOST = 1000
_USUAL = 100
STATUSES = (
    "queued",
    "running",
    "waiting",
    "in_doubt",
    "paused",
    "completed",
    "incomplete",
    "failed",
    "cancelled",
)


@dataclass(frozen=True, slots=True)
class Page:
    """At most `limit` runs, older than the run `after`; None: from the newest on."""

    limit: int = _USUAL
    after: str | None = None


def page_of(request: Request) -> Page:
    """The requested page. Raises BadRequest."""
    text = request.query_params.get("limit")
    if text is None:
        return Page(after=request.query_params.get("after"))
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) <= _MOST:
        raise BadRequest(f"limit: found '{text[:20]}', expected a number from 1 to {_MOST}.", param="limit")
    return Page(int(text), request.query_params.get("after"))


def status_of(request: Request) -> str | None:
    """The requested status; None: any. Raises BadRequest."""
    status = request.query_params.get("status")
    if status is not None and status not in STATUSES:
        raise BadRequest(
            f"status: found '{status[:20]}', expected one of {', '.join(STATUSES)}.", param="status"
        )
    return status


def page(data: Sequence[dict[str, Any]], listed: Sequence[RunRecord], asked: Page) -> dict[str, Any]:
    """The page as JSON; `listed` has one run more than the limit if there are more.

    `last_id` is the run after which the next page begins.
    """
    there = listed[: asked.limit]
    return {
        "object": "list",
        "data": list(data),
        "first_id": there[0].id if there else None,
        "last_id": there[-1].id if there else None,
        "has_more": len(listed) > asked.limit,
    }
