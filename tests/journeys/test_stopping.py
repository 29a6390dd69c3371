"""Kill switches over real sockets: what is stopped begins nothing new, on a gateway that runs already."""

import pytest

from tests.journeys.program import until as wait_until
from tests.journeys.test_runs import CONFIGURATION, ORDER, begin, until
from tests.journeys.tool_server import tool_server


@pytest.fixture(scope="module")
def tools():
    with tool_server() as tools:
        yield tools


@pytest.fixture(scope="module")
def gateway(simulator, tools, gateway_for_a_file):
    return gateway_for_a_file(
        CONFIGURATION.format(simulator=simulator.base_url, tools=tools.url, order=ORDER)
    )


def test_a_stopped_tool_is_refused_and_the_run_goes_on(gateway, tools):
    gateway.command("stop", "set", "tool", "desk/look", "--reason", "broken")
    with gateway.client() as http:

        def refused() -> bool:
            before = tools.calls.total()
            run = until(http, begin(http, "reader"), "completed", "failed")
            assert run["status"] == "completed"
            return tools.calls.total() == before

        wait_until(refused, "the tool was still called", 5)
    gateway.command("stop", "lift", "tool", "desk/look")


def test_a_stopped_agent_begins_nothing_and_its_waiting_run_is_held(gateway, tools):
    tools.effects.clear()
    operator = gateway.new_key(role="admin")[1]
    approver = gateway.new_key(tags={"approver": "people"})[1]
    with gateway.client() as http, gateway.client(operator) as admin, gateway.client(approver) as person:
        run_id = begin(http, "asker")
        until(http, run_id, "waiting")
        [asked] = [each for each in http.get("/v1/approvals").json()["data"] if each["run_id"] == run_id]
        assert http.post("/v1/kill_switches", json={"scope": "all"}).status_code == 403
        body = {"scope": "agent", "name": "asker", "reason": "a drill"}
        assert admin.post("/v1/kill_switches", json=body).json()["name"] == "asker"
        stopped = http.post("/v1/runs", json={"agent": "asker", "input": "x"})
        assert stopped.status_code == 503
        assert "stopped agent asker" in stopped.json()["error"]["message"]
        person.post(f"/v1/runs/{run_id}/approvals/{asked['id']}/approve").raise_for_status()
        assert until(http, run_id, "paused")["reason"] == "paused"
        assert not tools.effects
        assert admin.delete("/v1/kill_switches/agent/asker").status_code == 204
        assert admin.delete("/v1/kill_switches/agent/asker").status_code == 404
        assert admin.get("/v1/kill_switches").json()["data"] == []
        http.post(f"/v1/runs/{run_id}/resume").raise_for_status()
        assert until(http, run_id, "completed")["status"] == "completed"
        assert tools.effects == {"/keyed": 1}
        told = gateway.command("runs", "explain", run_id)
        assert "paused by switch agent asker" in [step["said"] for step in told["steps"]]
        assert gateway.command("runs", "replay", run_id)["same"]


def test_what_is_no_switch_is_refused(gateway):
    with gateway.client(gateway.new_key(role="admin")[1]) as admin:
        for body in ({}, {"scope": "moon"}, {"scope": "agent"}, {"scope": "all", "name": "x"}, []):
            assert admin.post("/v1/kill_switches", json=body).status_code == 400


def test_the_configurations_own_key_stops_everything_by_either_name(gateway):
    with gateway.client("journeys-admin") as admin, gateway.client() as http:
        assert admin.post("/v1/kill_switches", json={"scope": "global"}).json()["scope"] == "all"
        stopped = http.post("/v1/runs", json={"agent": "reader", "input": "x"})
        assert (stopped.status_code, stopped.json()["error"]["code"]) == (503, "stopped")
        assert stopped.headers["x-should-retry"] == "false"
        assert admin.delete("/v1/kill_switches/global").status_code == 204
        assert http.post("/v1/runs", json={"agent": "reader", "input": "x"}).status_code == 202
