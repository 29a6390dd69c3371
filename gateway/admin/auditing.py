"""Audits admin routes that change no account."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from gateway.admin.routes import AnyRoute, Ask
from ledger.changes import AccountStore

Handler = Callable[[Ask[Any, Any]], Awaitable[BaseModel]]


def audited(routes: Iterable[AnyRoute], store: AccountStore) -> Iterator[AnyRoute]:
    """The routes; after each success of a route other than GET, its answer is entered in the audit log."""
    for route in routes:
        yield route if route.method == "GET" else replace(route, handler=_entered(route, store))


def _entered(route: AnyRoute, store: AccountStore) -> Handler:
    async def handler(ask: Ask[Any, Any]) -> BaseModel:
        answer = await route.handler(ask)
        async with store.change() as change:
            await change.record(_action(route), route.path, answer.model_dump(mode="json"))
        return answer

    return handler


def _action(route: AnyRoute) -> str:
    return f"{route.path.removeprefix('/admin/v1/').replace('/', '.')}.{route.method.lower()}"
