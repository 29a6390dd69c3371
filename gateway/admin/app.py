"""Assembles the admin API: all its routes, and its OpenAPI document."""

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
    """The routes for accounts, configuration and cache purges; the caller adds the others."""
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
    """The Starlette routes: the table, and `GET /openapi.json`, which needs no key.

    The document is generated when first requested: it would take a tenth of the start.
    """
    routes = tuple(table)
    written = cache(lambda: orjson.dumps(openapi_document(routes, endpoints, version)))

    async def describe(_: Request) -> Response:
        return Response(await asyncio.to_thread(written), media_type="application/json")

    return [StarletteRoute("/openapi.json", describe), *starlette_routes(routes, authenticate)]
