"""The admin API of a running gateway: the routes of every room, loaded on first use."""

from pathlib import Path

from starlette.routing import BaseRoute

from gateway.admin.agents import agent_routes
from gateway.admin.app import admin_routes, admin_table
from gateway.admin.contents import content_routes
from gateway.admin.erase import Erase, erase_routes
from gateway.admin.gate import AdminGate
from gateway.admin.kept import kept_routes
from gateway.admin.limits import limit_routes
from gateway.admin.openai_usage import openai_usage_routes
from gateway.admin.targets import target_routes
from gateway.admin.usage import usage_routes
from gateway.caching.shared_answers import FILE as ANSWERS
from gateway.endpoints.document import ENDPOINTS
from gateway.erasing import patiently
from gateway.server.process import Options, Parts


def administration(parts: Parts, options: Options) -> list[BaseRoute]:
    """All admin routes, and the OpenAPI document that describes these and every other path."""
    services, assembly, stores, clock = parts.services, parts.assembly, parts.stores, options.clock
    gate = AdminGate(parts.ring, lambda: assembly.catalog.settings.admin_key)
    table = (
        *admin_table(stores.accounts, assembly.hooks),
        *target_routes(lambda: services.deployment, clock),
        *kept_routes(lambda: services.cache),
        *agent_routes(lambda: services.deployment.catalog, parts.agents is not None),
        *usage_routes(stores.database, clock.unix_seconds),
        *openai_usage_routes(stores.database, clock.unix_seconds),
        *erase_routes(_erasing(parts, options)),
        *content_routes(stores.contents, stores.accounts.store),
        *limit_routes(services.ledger.allowances.shown, clock.unix_ms),
    )
    return admin_routes(table, gate.admit, ENDPOINTS, options.version)


def _erasing(parts: Parts, options: Options) -> Erase:
    # As at start: neither changes with a reload.
    catalog, state = parts.assembly.loaded.catalog, options.state
    chosen = catalog.settings.batches.folder
    folder = state / "files" if chosen is None else Path(chosen).expanduser()
    url = options.database_url(catalog)
    return patiently(url, parts.stores.accounts.store, folder, state / "router", state / ANSWERS)
