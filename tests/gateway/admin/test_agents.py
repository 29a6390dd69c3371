"""The agents that are served, as the API shows them."""

from pathlib import Path

import msgspec
import pytest

from agentloop.agents import AgentVersion, digest, version
from config.catalog import Catalog
from config.discover import discover
from config.kinds import VendorKind
from config.load import load_file
from gateway.admin.agents import AgentsAnswer, agent_routes
from gateway.admin.routes import Ask, Nothing
from ledger.principal import Principal

FILE = """\
vendors: { sim: { kind: sim } }
models: { fast: { targets: [sim/small] } }
tool_servers:
  desk:
    base_url: "https://desk.example"
    headers: { authorization: Bearer desk-secret }
    tools: { send: { path: /send, effect: keyed } }
agents:
  desk: { model: fast, tools: [{ tool: desk/send, approval: { group: people } }] }
"""
WHO = Principal("key_1", "key", "admin", "", "t", "o")


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    file = tmp_path / "signalbox.yaml"
    file.write_text(FILE)
    return load_file(file, discover("gateway.vendors", "VENDOR", VendorKind), {}).catalog


async def shown(catalog: Catalog, *, serving: bool) -> AgentsAnswer:
    (route,) = agent_routes(lambda: catalog, serving)
    assert (route.method, route.path) == ("GET", "/admin/v1/agents")
    answer = await route.handler(Ask(WHO, Nothing(), Nothing()))
    assert isinstance(answer, AgentsAnswer)
    return answer


async def test_an_agent_is_shown_as_runs_keep_it_without_a_secret(catalog: Catalog) -> None:
    answer = await shown(catalog, serving=True)
    (desk,) = answer.data
    kept = version(catalog.agents["desk"])
    assert (desk.name, desk.digest, answer.source) == ("desk", digest(kept), catalog.source)
    assert msgspec.convert(desk.definition, AgentVersion) == kept
    assert "desk-secret" not in answer.model_dump_json()


async def test_a_process_that_began_without_agents_serves_none(catalog: Catalog) -> None:
    answer = await shown(catalog, serving=False)
    assert (answer.serving, answer.data) == (False, [])
