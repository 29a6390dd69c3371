"""Stored prompts and answers in the admin API; each access is audited."""

from typing import Any, Literal

import msgspec

from gateway.admin.errors import AdminError
from gateway.admin.routes import AnyRoute, Ask, Nothing, Route, Strict
from gateway.contents.parts import Contents
from ledger.changes import AccountStore


class ContentAnswer(Strict):
    """One stored call. Times are Unix milliseconds."""

    object: Literal["request.content"] = "request.content"
    request_id: str
    team: str
    key: str
    store: Literal["masked", "full"]
    at_ms: int
    expires_ms: int
    content: dict[str, Any]


def content_routes(contents: Contents, store: AccountStore) -> tuple[AnyRoute, ...]:
    """The route to show one call."""

    async def show(ask: Ask[Nothing, Nothing]) -> ContentAnswer:
        request_id = ask.path["request"]
        vault = await contents.vault()
        try:
            found = await vault.read(request_id)
        except vault.refusals as error:
            raise AdminError(409, str(error), "content_locked") from error
        if found is None:
            said = f"Nothing is kept of what '{request_id[:64]}' asked. A team's retention says what is kept."
            raise AdminError(404, said, "not_found")
        row, text = found
        # Audited before it is shown: without the entry there is no access.
        async with store.change() as change:
            await change.record("content.show", request_id, {"team": row.team, "key": row.key_id})
        return ContentAnswer(
            request_id=request_id,
            team=row.team,
            key=row.key_id,
            store=row.store,
            at_ms=row.at_ms,
            expires_ms=row.expires_ms,
            content=msgspec.json.decode(text),
        )

    summary = "Show what a call asked and was answered, where that is kept"
    return (
        Route("GET", "/admin/v1/requests/{request}/content", summary, show, Nothing, Nothing, ContentAnswer),
    )
