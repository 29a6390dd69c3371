"""An agent that asks another one, over real sockets: a run of its own, through the death of the process."""

import signal
import threading

import pytest

from tests.journeys.test_runs import CONFIGURATION, ORDER, PATIENCE, begin, until
from tests.journeys.tool_server import tool_server

AGENTS = """\
  chief: { model: tools, agents: [reader] }
  sorter: { model: tools, handoffs: [reader] }
  careful: { model: tools, tools: [desk/look], limits: { soft: { tool_calls: 1 } } }
  head: { model: tools, agents: [keeper] }
admin_key"""


@pytest.fixture
def tools():
    with tool_server() as tools:
        yield tools


@pytest.fixture
def gateway(simulator, tools, make_gateway):
    text = CONFIGURATION.format(simulator=simulator.base_url, tools=tools.url, order=ORDER)
    return make_gateway(text.replace("admin_key", AGENTS, 1))


def test_an_agent_asks_another_one_and_explains_it(gateway, tools):
    with gateway.client() as http:
        run = until(http, begin(http, "chief"), "completed", "failed", "incomplete")
        assert run["status"] == "completed", run
        assert tools.calls == {"/look/A-7": 1}
        steps = http.get(f"/v1/runs/{run['id']}/explain").json()["steps"]
        [started] = [step for step in steps if step["kind"] == "child.started"]
        child = http.get(f"/v1/runs/{started['child_run_id']}").json()
        assert (child["agent"], child["status"]) == ("reader", "completed")
        explained = http.get(f"/v1/runs/{child['id']}/explain").json()
        assert explained["parent"] == run["id"]
        assert run["usage"]["tokens"] > child["usage"]["tokens"] > 0


def test_a_conversation_is_handed_over(gateway, tools):
    with gateway.client() as http:
        run = until(http, begin(http, "sorter"), "completed", "failed", "incomplete")
        assert run["status"] == "completed", run
        assert len(http.get("/v1/runs").json()["data"]) == 1


def test_a_death_in_a_childs_tool_call_does_nothing_twice_and_the_parent_goes_on(gateway, tools):
    reached = threading.Event()

    def kill(_path: str) -> None:
        tools.after = lambda path: None
        gateway.signal(signal.SIGKILL)
        reached.set()

    tools.after = kill
    with gateway.client() as http:
        run_id = begin(http, "head")
    assert reached.wait(PATIENCE)
    gateway.kill()
    gateway.start()
    with gateway.client() as http:
        run = until(http, run_id, "completed", "failed", "incomplete")
        assert run["status"] == "completed", run
        assert tools.effects["/keyed"] == 1
        assert len(http.get("/v1/runs").json()["data"]) == 2


def test_a_run_at_its_soft_limit_waits_for_an_operators_word(gateway, tools):
    operator = gateway.new_key(tags={"operator": "true"})[1]
    with gateway.client() as http:
        asked = http.post("/v1/responses", json={"model": "agent:careful", "input": "Look."}).json()
        assert (asked["status"], asked["incomplete_details"]) == ("incomplete", {"reason": "soft_tool_calls"})
        run = until(http, asked["run_id"], "waiting")
        assert (run["waits_for"], run["asks_for"]["used"]) == ("budget", 1)
        way = f"/v1/runs/{run['id']}/raise"
        assert http.post(way).status_code == 403  # whoever began it
    with gateway.client(operator) as http:
        assert http.post(way).status_code == 200
        assert until(http, run["id"], "completed", "failed")["status"] == "completed"
