"""A run of an agent over real sockets: begun, driven, killed, taken up again, approved."""

import json
import signal
import threading
import time

import httpx
import pytest

from tests.journeys.program import until as wait_until
from tests.journeys.tool_server import tool_server

CONFIGURATION = """\
vendors:
  sim: {{ kind: sim, base_url: "{simulator}" }}
models:
  tools: {{ targets: [sim/tools] }}
tool_servers:
  desk:
    base_url: "{tools}"
    private: ["127.0.0.0/8"]
    headers: {{ x-desk-key: "secret-of-the-desk" }}
    tools:
      look: {{ method: GET, path: "/look/{{order_id}}", effect: read, arguments: {order} }}
      keyed: {{ path: /keyed, effect: keyed, arguments: {order} }}
      unsafe: {{ path: /unsafe, effect: unsafe, arguments: {order} }}
agents:
  reader: {{ model: tools, instructions: "Look it up.", tools: [desk/look] }}
  reader@canary: {{ model: tools, tools: [desk/look] }}
  keeper: {{ model: tools, tools: [desk/keyed] }}
  sender: {{ model: tools, tools: [desk/unsafe] }}
  asker:
    model: tools
    tools: [{{ tool: desk/keyed, approval: {{ group: people, ttl: 1h }} }}]
admin_key: journeys-admin
log: {{ format: json }}
"""
ORDER = '{type: object, properties: {order_id: {type: string, enum: ["A-7"]}}, required: [order_id]}'
PATIENCE = 60.0


@pytest.fixture
def tools():
    with tool_server() as tools:
        yield tools


@pytest.fixture
def gateway(simulator, tools, make_gateway):
    return make_gateway(CONFIGURATION.format(simulator=simulator.base_url, tools=tools.url, order=ORDER))


def begin(http: httpx.Client, agent: str, **headers: str) -> str:
    said = {"agent": agent, "input": "Please use the tool."}
    for _ in range(5):
        answer = http.post("/v1/runs", json=said, headers=headers)
        if answer.status_code != 503:  # a disk that stands still for seconds; it says to try again
            break
        time.sleep(1)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def until(http: httpx.Client, run_id: str, *statuses: str) -> dict:
    deadline = time.monotonic() + PATIENCE
    while True:
        run = http.get(f"/v1/runs/{run_id}").json()
        if run["status"] in statuses:
            return run
        assert time.monotonic() < deadline, run
        time.sleep(0.05)


def test_a_run_calls_its_tool_and_says_what_came_of_it(gateway, tools):
    with gateway.client() as http:
        run = until(http, begin(http, "reader"), "completed", "failed")
        assert run["status"] == "completed", run
        assert "A-7" in run["output"]
        assert tools.calls == {"/look/A-7": 1}
        assert run["usage"]["tool_calls"] == 1
        assert run["usage"]["tokens"] > 0


def test_events_are_followed_and_go_on_where_a_reader_left(gateway):
    with gateway.client() as http:
        run_id = begin(http, "reader")
        whole = events(http, run_id)
        assert [name for _, name in whole][0] == "run.created"
        assert whole[-1][1] == "run.finished"
        assert [number for number, _ in whole] == list(range(len(whole)))
        for number, _ in whole[:-1]:
            assert events(http, run_id, **{"last-event-id": str(number)}) == whole[number + 1 :]


def events(http: httpx.Client, run_id: str, **headers: str) -> list[tuple[int, str]]:
    found = []
    with http.stream("GET", f"/v1/runs/{run_id}/events", headers=headers) as stream:
        number = -1
        for line in stream.iter_lines():
            if line.startswith("id: "):
                number = int(line[4:])
            if line.startswith("event: "):
                found.append((number, line[7:]))
    return found


def test_the_same_request_again_is_the_same_run(gateway):
    with gateway.client() as http:
        first = begin(http, "reader", **{"idempotency-key": "once"})
        assert begin(http, "reader", **{"idempotency-key": "once"}) == first
        other = http.post(
            "/v1/runs", json={"agent": "keeper", "input": "x"}, headers={"idempotency-key": "once"}
        )
        assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_used")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("agent", "path"), [("keeper", "/keyed"), ("sender", "/unsafe")])
def test_a_gateway_killed_in_the_middle_of_a_call_does_nothing_twice(gateway, tools, agent, path, when):
    reached = threading.Event()

    def kill(_path: str) -> None:
        setattr(tools, when, lambda path: None)
        gateway.signal(signal.SIGKILL)
        reached.set()

    setattr(tools, when, kill)
    with gateway.client() as http:
        run_id = begin(http, agent)
    assert reached.wait(PATIENCE)
    gateway.kill()  # it is dead already; this waits for it
    gateway.start()
    with gateway.client() as http:
        run = until(http, run_id, "completed", "in_doubt", "failed")
        assert tools.effects[path] == 1
        if agent == "keeper":
            assert run["status"] == "completed"
            assert tools.calls[path] == 2
        else:
            assert run["status"] == "in_doubt"
            assert tools.calls[path] == 1


def test_a_call_that_needs_a_person_waits_for_an_approver_of_the_group(gateway, tools):
    approver = gateway.new_key(tags={"approver": "people"})[1]
    stranger = gateway.new_key(tags={"approver": "others"})[1]
    with gateway.client() as http:
        run_id = begin(http, "asker")
        run = until(http, run_id, "waiting")
        assert run["waits_for"] == "approval"
        [asked] = http.get("/v1/approvals").json()["data"]
        assert json.loads(asked["arguments"]) == {"order_id": "A-7"}
        way = f"/v1/runs/{run_id}/approvals/{asked['id']}/approve"
        assert http.post(way).status_code == 403  # whoever asked
    with gateway.client(stranger) as http:
        assert http.post(way).status_code == 403
    assert not tools.calls
    with gateway.client(approver) as http:
        assert http.post(way.replace(asked["id"], "apr_forged")).status_code == 404
        assert http.post(way, json={"reason": "fine"}).status_code == 200
        assert until(http, run_id, "completed")["status"] == "completed"
        assert http.post(way).status_code == 409
    assert tools.effects == {"/keyed": 1}


def test_a_cancelled_run_that_waits_ends_without_its_call(gateway, tools):
    with gateway.client() as http:
        run_id = begin(http, "asker")
        until(http, run_id, "waiting")
        assert http.post(f"/v1/runs/{run_id}/cancel").status_code == 200
        assert until(http, run_id, "cancelled")["status"] == "cancelled"
    assert not tools.calls


def test_what_is_not_there_is_said_in_our_words(gateway):
    with gateway.client() as http:
        assert (
            "reader"
            in http.post("/v1/runs", json={"agent": "nobody", "input": "x"}).json()["error"]["message"]
        )
        assert http.post("/v1/runs", content=b"{").status_code == 400
        assert http.get("/v1/runs/run_none").status_code == 404
        assert http.get("/v1/runs", headers={"authorization": "Bearer nothing"}).status_code == 401


def test_a_run_is_asked_for_by_its_own_team_alone(gateway):
    with gateway.client() as http:
        run_id = begin(http, "reader")
    with gateway.admin() as admin:
        admin.post("/admin/v1/teams", json={"name": "others"}).raise_for_status()
    with gateway.client(gateway.new_key(team="others")[1]) as http:
        assert http.get(f"/v1/runs/{run_id}").status_code == 404
        assert http.post(f"/v1/runs/{run_id}/cancel").status_code == 404
        assert http.get("/v1/runs").json()["data"] == []


def test_a_runs_model_calls_are_in_the_ledger_under_its_id(gateway):
    with gateway.client() as http:
        run_id = begin(http, "reader")
        until(http, run_id, "completed")
    found = "SELECT status FROM usage WHERE tags LIKE ?"
    wait_until(lambda: len(gateway.query(found, f"%{run_id}%")) == 2, "its rows did not arrive")
    assert {row["status"] for row in gateway.query(found, f"%{run_id}%")} == {"ok"}


def test_lists_are_read_in_pages_and_an_approval_is_known_by_its_id_alone(gateway, tools):
    approver = gateway.new_key(tags={"approver": "people"})[1]
    with gateway.client() as http, gateway.client(approver) as person:
        began = [begin(http, "asker") for _ in range(5)]
        for run_id in began:
            until(http, run_id, "waiting")
        for path, run_of in (("/v1/runs", "id"), ("/v1/approvals", "run_id")):
            read: list[str] = []
            after: dict[str, str] = {}
            while True:
                found = http.get(path, params={"limit": 2, "status": "waiting", **after}).json()
                read += [each[run_of] for each in found["data"]]
                assert len(found["data"]) <= 2
                if not found["has_more"]:
                    break
                after = {"after": found["last_id"]}
            assert read == began[::-1] or sorted(read) == sorted(began)
        for wrong in ("limit=0", "limit=1001", "limit=x", "status=lost"):
            assert http.get(f"/v1/runs?{wrong}").status_code == 400
        assert http.get("/v1/runs?after=run_nobody").status_code == 404
        [newest, *_] = http.get("/v1/approvals").json()["data"]
        assert person.get(f"/v1/approvals/{newest['id']}").json() == newest
        word = {"arguments_sha256": newest["arguments_sha256"]}
        assert person.post(f"/v1/approvals/{newest['id']}/approve", json=word).status_code == 200
        until(http, newest["run_id"], "completed")
        assert person.get(f"/v1/approvals/{newest['id']}").status_code == 404
        assert tools.effects == {"/keyed": 1}


def test_a_gateway_that_is_stopped_lets_a_tools_call_come_to_its_end(gateway, tools):
    called, go = threading.Event(), threading.Event()

    def slow(_path: str) -> None:
        called.set()
        go.wait(PATIENCE)

    tools.after = slow
    with gateway.client() as http:
        run_id = begin(http, "sender")
    assert called.wait(PATIENCE)
    threading.Timer(1.0, go.set).start()
    assert gateway.stop() == 0
    gateway.start()
    with gateway.client() as http:
        assert until(http, run_id, "completed", "in_doubt", "failed")["status"] == "completed"
    assert tools.calls["/unsafe"] == tools.effects["/unsafe"] == 1
