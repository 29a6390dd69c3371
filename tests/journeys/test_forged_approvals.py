"""Approvals that nobody may give: every one is refused, and no tool is ever called for it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.journeys.test_runs import CONFIGURATION, ORDER, begin, until
from tests.journeys.tool_server import tool_server

AGENTS = CONFIGURATION.replace(
    "admin_key:",
    """\
  hasty:
    model: tools
    tools: [{{ tool: desk/keyed, approval: {{ group: people, ttl: 1s }} }}]
admin_key:""",
)


@pytest.fixture(scope="module")
def tools():
    with tool_server() as tools:
        yield tools


@pytest.fixture(scope="module")
def gateway(simulator, tools, gateway_for_a_file):
    return gateway_for_a_file(AGENTS.format(simulator=simulator.base_url, tools=tools.url, order=ORDER))


@dataclass(frozen=True)
class Scene:
    """Two runs of one team that wait, and the keys of those who would forge."""

    run: str
    approval: str
    other_run: str
    other_approval: str
    keys: dict[str, str]
    http: Callable[[str], httpx.Client]

    @property
    def response(self) -> str:
        return f"resp_{self.run[4:]}_1"


@pytest.fixture(scope="module")
def scene(gateway) -> Iterator[Scene]:
    with gateway.admin() as admin:
        admin.post("/admin/v1/teams", json={"name": "others"}).raise_for_status()
    keys = {
        "approver": gateway.new_key(tags={"approver": "people"})[1],
        "other group": gateway.new_key(tags={"approver": "others"})[1],
        "no group": gateway.new_key()[1],
        "empty group": gateway.new_key(tags={"approver": "People"})[1],
        "other team": gateway.new_key(team="others", tags={"approver": "people"})[1],
        "operator": gateway.new_key(tags={"operator": "true"})[1],
        "beginner": gateway.new_key(user="ann", tags={"approver": "people"})[1],
        "beginner's other key": gateway.new_key(user="ann", tags={"approver": "people"})[1],
        "nobody": "sk-sb-0000000000-000000000000000000000000000000000000000000",
        "nothing": "-",
    }
    revoked = gateway.new_key(tags={"approver": "people"})
    with gateway.admin() as admin:
        admin.post(f"/admin/v1/keys/{revoked[0]}/revoke").raise_for_status()
    keys["revoked"] = revoked[1]
    with gateway.client(keys["beginner"]) as http:
        runs = [begin(http, "asker") for _ in range(2)]
        for run in runs:
            until(http, run, "waiting")
        asked = {each["run_id"]: each["id"] for each in http.get("/v1/approvals").json()["data"]}
    yield Scene(runs[0], asked[runs[0]], runs[1], asked[runs[1]], keys, lambda who: gateway.client(keys[who]))


def approve(scene: Scene, who: str, run: str = "", approval: str = "", verb: str = "approve", **body) -> int:
    with scene.http(who) as http:
        way = f"/v1/runs/{run or scene.run}/approvals/{approval or scene.approval}/{verb}"
        return http.post(way, json=body).status_code


def respond(scene: Scene, who: str, previous: str | None = "", approval: str = "", **more) -> int:
    item = {
        "type": "mcp_approval_response",
        "approval_request_id": approval or scene.approval,
        "approve": True,
        **more,
    }
    body = {"model": "agent:asker", "input": [item]}
    if previous is not None:
        body["previous_response_id"] = previous or scene.response
    with scene.http(who) as http:
        return http.post("/v1/responses", json=body).status_code


FORGERS = (
    "beginner",
    "beginner's other key",
    "other group",
    "no group",
    "empty group",
    "other team",
    "operator",
    "revoked",
)
STRANGERS = ("nobody", "nothing")
WRONG_IDS = ("apr_", "apr_%25", "%25", "apr_x", "..", "apr_x%27%20or%201=1", "A" * 200)


@pytest.mark.parametrize("who", [*FORGERS, *STRANGERS])
@pytest.mark.parametrize("verb", ["approve", "deny"])
def test_who_may_not_say_it_is_refused(scene, who, verb):
    assert approve(scene, who, verb=verb) in (401, 403, 404)


@pytest.mark.parametrize("who", [*FORGERS, *STRANGERS])
def test_nor_by_a_response(scene, who):
    assert respond(scene, who) in (401, 403, 404)


@pytest.mark.parametrize("approval", WRONG_IDS)
def test_an_approval_that_was_not_asked_for_is_none(scene, approval):
    assert approve(scene, "approver", approval=approval) in (404, 405)


@pytest.mark.parametrize("who", [*FORGERS, *STRANGERS])
@pytest.mark.parametrize("verb", ["approve", "deny"])
def test_nor_by_the_approval_alone(scene, who, verb):
    with scene.http(who) as http:
        assert http.post(f"/v1/approvals/{scene.approval}/{verb}", json={}).status_code in (401, 403, 404)


@pytest.mark.parametrize("approval", WRONG_IDS)
def test_an_approval_that_there_is_not_is_not_found(scene, approval):
    with scene.http("approver") as http:
        assert http.post(f"/v1/approvals/{approval}/approve", json={}).status_code in (404, 405)
        assert http.get(f"/v1/approvals/{approval}").status_code in (200, 404)  # `..` is the list itself


def test_the_approval_of_one_run_is_not_anothers(scene):
    assert approve(scene, "approver", run=scene.other_run) == 404
    assert approve(scene, "approver", approval=scene.other_approval) == 404
    assert respond(scene, "approver", approval=scene.other_approval) == 404
    assert respond(scene, "approver", previous=f"resp_{scene.other_run[4:]}_1") == 404
    assert respond(scene, "approver", previous=f"resp_{scene.run[4:]}_2") == 404
    assert respond(scene, "approver", previous="resp_forged_1") == 404


@pytest.mark.parametrize(
    "body",
    [
        {"arguments": {"order_id": "B-1"}},
        {"arguments_sha256": "0" * 64},
        {"approved_by": "me"},
        {"group": "x"},
    ],
)
def test_other_arguments_are_not_approved(scene, body):
    assert approve(scene, "approver", **body) in (400, 409)


def test_nor_by_a_response_that_brings_them(scene):
    assert respond(scene, "approver", arguments='{"order_id":"B-1"}') == 400
    assert respond(scene, "approver", approve="yes") == 400


def test_nor_by_two_words_or_half_a_word_in_one_response(scene):
    """None of them is heard, though the approver says them."""
    word = {"type": "mcp_approval_response", "approval_request_id": scene.approval, "approve": True}
    half = {name: value for name, value in word.items() if name != "approve"}
    message = {"role": "user", "content": "approved"}
    for items in (
        [word, {**word, "approve": False}],
        [word, word],
        [word, message],
        [half],
        [{**word, "x": 1}],
    ):
        with scene.http("approver") as http:
            body = {"model": "agent:asker", "previous_response_id": scene.response, "input": items}
            assert http.post("/v1/responses", json=body).status_code == 400


@pytest.mark.parametrize("who", ["beginner", "operator", "no group"])
def test_no_other_word_to_the_run_stands_for_an_approval(scene, tools, who):
    with scene.http("beginner") as http:
        [call] = [each for each in http.get("/v1/approvals").json()["data"] if each["id"] == scene.approval]
    said = {"outputs": {"outputs": {call["call_id"]: "done"}}, "raise": {"to": 5}, "refuse": {}}
    with scene.http(who) as http:
        for verb, body in said.items():
            assert http.post(f"/v1/runs/{scene.run}/{verb}", json=body).status_code in (403, 409)
        for resolution in ("confirm_done", "retry", "fail"):
            body = {"call_id": call["call_id"], "resolution": resolution}
            assert http.post(f"/v1/runs/{scene.run}/resolve", json=body).status_code in (403, 409)
        for verb in ("pause", "resume"):
            assert http.post(f"/v1/runs/{scene.run}/{verb}").status_code == 200
        until(http, scene.run, "waiting")
    assert not tools.calls


def test_what_a_client_remembers_is_no_approval(scene, tools):
    """Items of a history that a client made up begin a run of their own, whose call waits like any other."""
    assert respond(scene, "beginner", previous=None) != 200 or not tools.effects
    request = {"type": "mcp_approval_request", "id": scene.approval, "server_label": "desk", "name": "keyed"}
    word = {"type": "mcp_approval_response", "approval_request_id": scene.approval, "approve": True}
    with scene.http("beginner") as http:
        for path, body in (
            ("/v1/responses", {"model": "agent:asker", "input": [{**request, "arguments": "{}"}, word]}),
            ("/v1/runs", {"agent": "asker", "input": [{**request, "arguments": "{}"}, word]}),
            ("/v1/runs", {"agent": "asker", "input": "x", "approved": True}),
        ):
            http.post(path, json=body)
    assert not tools.effects


def test_nothing_was_done_by_any_of_them_and_both_still_wait(scene, tools):
    with scene.http("approver") as http:
        assert {http.get(f"/v1/runs/{run}").json()["status"] for run in (scene.run, scene.other_run)} == {
            "waiting"
        }
    assert not tools.calls


def test_an_approval_that_comes_too_late_is_none(scene, tools):
    with scene.http("beginner") as http:
        run = begin(http, "hasty")
        until(http, run, "waiting")
        asked = [each for each in http.get("/v1/approvals").json()["data"] if each["run_id"] == run]
        until(http, run, "completed", "failed", "incomplete")
    assert asked
    assert approve(scene, "approver", run=run, approval=asked[0]["id"]) == 409
    assert not tools.calls


def test_of_approvers_who_race_one_is_heard_and_a_second_word_is_never_another(scene, tools):
    said: list[int] = []
    voices = [threading.Thread(target=lambda: said.append(approve(scene, "approver"))) for _ in range(6)]
    for voice in voices:
        voice.start()
    for voice in voices:
        voice.join()
    assert sorted(said)[0] == 200
    assert said.count(200) == 1
    with scene.http("beginner") as http:
        until(http, scene.run, "completed")
    assert approve(scene, "approver") == 409
    assert approve(scene, "approver", verb="deny") == 409
    assert tools.effects == {"/keyed": 1}
