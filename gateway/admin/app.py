"""The admin API assembled: all its routes, and the document that describes them."""

import asyncio
from collections.abc import Iterable
from functools import cache

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.routing import Route as StarletteRoute

from gateway.admin.auditing import audited
from gateway.admin.cache import cache_routes
from gateway.admin.keys import key_routes
from gateway.admin.openapi import Endpoint, openapi_document
from gateway.admin.operations import config_routes
from gateway.admin.organisations import organisation_routes
from gateway.admin.routes import AnyRoute
from gateway.admin.server import Authenticate, starlette_routes
from gateway.admin.teams import team_routes
from gateway.admin.users import user_routes
from gateway.assembly import ConfigHooks
from ledger.accounts import Accounts


def admin_table(accounts: Accounts, hooks: ConfigHooks) -> tuple[AnyRoute, ...]:
    """The routes of accounts and configuration; other rooms' routes are added to the tuple."""
    return (
        *organisation_routes(accounts.organisations),
        *team_routes(accounts.teams),
        *user_routes(accounts.users),
        *key_routes(accounts.keys, accounts.store.clock),
        *audited(config_routes(hooks), accounts.store),
        *cache_routes(accounts),
    )


def admin_routes(
    table: Iterable[AnyRoute], authenticate: Authenticate, endpoints: Iterable[Endpoint], version: str
) -> list[BaseRoute]:
    """What a Starlette application serves: the table, and `GET /openapi.json`, open to all.

    The document is written when it is first read: it would be a tenth of what a start takes.
    """
    routes = tuple(table)
    written = cache(lambda: orjson.dumps(openapi_document(routes, endpoints, version)))

    async def describe(_: Request) -> Response:
        return Response(await asyncio.to_thread(written), media_type="application/json")

    return [StarletteRoute("/openapi.json", describe), *starlette_routes(routes, authenticate)]
