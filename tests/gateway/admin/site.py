"""The administrative API over a database of its own, with every answer held against its document."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
from starlette.applications import Starlette

from config.catalog import Catalog, ModelGroup, Passthrough, Secret, Settings, Target, TeamFacts, Vendor
from config.kinds import VendorKind
from gateway.admin.app import admin_routes, admin_table
from gateway.admin.gate import AdminGate
from gateway.admin.openapi import openapi_document
from gateway.assembly import ConfigHooks, ReloadRefused
from gateway.endpoints.identified import Identified
from tests.gateway.admin.json_schema import faults
from tests.ledger.world import World, world

CATALOG = Catalog(
    vendors=MappingProxyType(
        {
            "openai": Vendor(
                *("openai", VendorKind("openai", "OpenAI"), "https://api.example/v1"),
                api_key=Secret("sk-vendor-secret", "env OPENAI_API_KEY"),
                headers=(("x-team", "header-secret"),),
            )
        }
    ),
    models=MappingProxyType(
        {"fast": ModelGroup("fast", (Target("openai", "mini", 2),), fallback=("smart",))}
    ),
    passthroughs=(Passthrough("openai/*", "openai", True),),
    teams=MappingProxyType({"declared": TeamFacts("declared", "acme", ("fast",), {"a": "b"})}),
    prices=(),
    settings=Settings(
        admin_key=Secret("configured-secret", "literal"), database="postgresql://u:db-secret@h/d"
    ),
    version="v1",
    source="signalbox.yaml",
)


@dataclass
class Site:
    world: World
    client: httpx.AsyncClient
    document: dict[str, Any]
    catalog: Catalog = CATALOG
    refusal: str | None = None  # what the next reload fails with
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, *, expect: int = 200, **options: Any) -> Any:
        """The JSON of the answer, once it has the status and the form that the document says."""
        answer = await self.client.request(method, path, **{"headers": self.headers, **options})
        assert answer.status_code == expect, answer.text
        assert answer.headers["content-type"] == "application/json"
        body = answer.json()
        schema = self._schema(method, path.partition("?")[0], str(expect))
        assert faults(body, schema, self.document) == []
        return body

    async def refused(self, method: str, path: str, status: int, code: str, **options: Any) -> Any:
        """The error of an answer that refuses with this status and code."""
        error = (await self.ask(method, path, expect=status, **options))["error"]
        assert error["code"] == code, error
        assert error["message"]
        return error

    def _schema(self, method: str, path: str, status: str) -> dict[str, Any]:
        for template, operations in self.document["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in operations:
                answers = operations[method.lower()]["responses"]
                answer = answers.get(status) or answers["default"]
                return dict(answer["content"]["application/json"]["schema"])
        return {"$ref": "#/components/schemas/ErrorBody"}

    async def reload(self) -> Catalog:
        if self.refusal is not None:
            raise ReloadRefused(self.refusal)
        return self.catalog


@asynccontextmanager
async def site(file: Path) -> AsyncIterator[Site]:
    """A site whose requests carry an admin key of team `support`."""
    async with world(file) as w:
        made: list[Site] = []
        hooks = ConfigHooks(lambda: made[0].catalog, lambda: made[0].reload())
        table = admin_table(w.accounts, hooks)
        gate = AdminGate(w.ring, lambda: made[0].catalog.settings.admin_key)
        app = Starlette(routes=admin_routes(table, gate.admit, (), "1.2.3"))
        transport = httpx.ASGITransport(Identified(app, lambda: "req_told"))
        async with httpx.AsyncClient(transport=transport, base_url="http://box") as client:
            made.append(Site(w, client, openapi_document(table, (), "1.2.3")))
            made[0].headers = {"authorization": f"Bearer {(await w.credential(role='admin')).decode()}"}
            yield made[0]
