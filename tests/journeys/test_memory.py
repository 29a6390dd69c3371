"""An agent with a memory, over real sockets: kept in one run, found in a later one, by its holder alone."""

import httpx
import pytest

from tests.journeys.test_runs import events, until

CONFIGURATION = """\
vendors:
  sim: {{ kind: sim, base_url: "{simulator}" }}
models:
  tools: {{ targets: [sim/tools] }}
agents:
  desk: {{ model: tools, memory: {{ scope: user, ttl: 1d, most: 10 }} }}
admin_key: journeys-admin
log: {{ format: json }}
"""


@pytest.fixture
def gateway(simulator, make_gateway):
    return make_gateway(CONFIGURATION.format(simulator=simulator.base_url))


def ask(http: httpx.Client, tool: str) -> dict:
    """The run in which the model used this tool."""
    said = {"agent": "desk", "input": f"Use {tool} for lighthouse."}
    run = until(http, http.post("/v1/runs", json=said).raise_for_status().json()["id"], "completed", "failed")
    assert run["status"] == "completed", run
    assert [name for _, name in events(http, run["id"])].count("tool.completed") == 1
    return run


def test_what_was_kept_is_found_by_its_holder_alone_until_they_are_erased(gateway):
    ann, again, bob = (gateway.new_key(user=name)[1] for name in ("ann", "ann", "bob"))
    with gateway.client(ann) as http:
        ask(http, "memory__remember")
        text = gateway.query("SELECT text FROM memories")[0]["text"]
        ask(http, "memory__recall")
    with gateway.client(again) as http:
        assert text in ask(http, "memory__recall")["output"]
    with gateway.client(bob) as http:
        assert text not in ask(http, "memory__recall")["output"]
    with gateway.admin() as admin:
        admin.post("/admin/v1/erase", json={"user": "default/ann"}).raise_for_status()
    assert gateway.query("SELECT text FROM memories") == []
