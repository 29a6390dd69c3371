"""The order desk of the examples, walked as its README says: asked, waited for, approved, explained."""

import json
import os
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from gateway.cli import runs
from tests.gateway.cli.runs_world import call
from tests.journeys.program import Gateway, running, until

ROOT = Path(__file__).parents[2]
DESK = ROOT / "examples" / "refund-desk"
# What its two pages give to paste: a command with the lines that it goes on in.
PASTES = [
    paste
    for page in (ROOT / "README.md", DESK / "README.md")
    for paste in re.findall(r"^curl (?:.*\\\n)*.*$", page.read_text(), re.MULTILINE)
    if "refund-desk" in paste
]


@contextmanager
def shop() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, str(DESK / "desk.py"), "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        readable, _, _ = select.select([process.stdout], [], [], 20)
        assert readable, "the desk did not start"
        yield process.stdout.readline().split()[-1]
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def desk() -> Iterator[str]:
    with shop() as url:
        yield url


@pytest.fixture(scope="module")
def gateway(desk: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    configuration = (DESK / "signalbox.yaml").read_text().replace("http://127.0.0.1:9191", desk)
    gateway = Gateway(tmp_path_factory.mktemp("desk"), configuration)
    with running(gateway):
        yield gateway


def ask(gateway: Gateway, text: str, agent: str = "refund-desk") -> dict:
    with gateway.client() as http:
        body = {"model": f"agent:{agent}", "input": text}
        return http.post("/v1/responses", json=body).raise_for_status().json()


def effects(desk: str) -> dict[str, int]:
    return httpx.get(f"{desk}/effects").json()


def has_ended(gateway: Gateway, run_id: str) -> bool:
    with gateway.client() as http:
        return http.get(f"/v1/runs/{run_id}").raise_for_status().json()["status"] == "completed"


def test_a_refund_waits_is_approved_and_explains_itself(gateway: Gateway, desk: str) -> None:
    answer = ask(gateway, "Please refund order A-7.")
    looked, waits = answer["output"]
    assert (looked["name"], looked["status"]) == ("get_order", "completed")
    assert waits["type"] == "mcp_approval_request"
    assert "refund_order" not in effects(desk)
    [listed] = gateway.command("approvals", "list")
    assert (listed["id"], listed["group"]) == (waits["id"], "refund-approvers")
    gateway.command("approvals", "approve", waits["id"], "--reason", "a good customer")
    run_id = answer["run_id"]
    until(lambda: has_ended(gateway, run_id), "the refund was not made")
    assert effects(desk)["refund_order"] == 1
    told = json.dumps(gateway.command("runs", "explain", run_id))
    for part in ("orders/refund_order", "approved by cli: a good customer", "idempotency_key", "refunded"):
        assert part in told
    assert gateway.command("runs", "replay", run_id)["same"]


def test_a_small_refund_needs_nobody_and_one_that_is_not_due_is_refused(gateway: Gateway, desk: str) -> None:
    before = effects(desk).get("refund_order", 0)
    assert ask(gateway, "Please refund order A-8.")["output"][-1]["type"] == "message"
    assert effects(desk)["refund_order"] == before + 1
    refused = ask(gateway, "Please refund order B-1.")
    assert [item.get("status") for item in refused["output"]] == ["completed", "failed", "completed"]
    assert effects(desk)["refund_order"] == before + 1


def test_a_looser_rule_shows_which_refund_would_not_have_waited(gateway: Gateway, tmp_path: Path) -> None:
    [run_id] = [run["id"] for run in gateway.command("runs", "list")][-1:]  # that of the first refund
    loose = tmp_path / "loose.yaml"
    loose.write_text(gateway.file.read_text().replace("facts.total > 100", "facts.total > 1000"))
    plan = gateway.command("agents", "plan", "--config", str(loose))
    assert plan["refund-desk"] == ["rule shop/big-refund changed"]
    parted = call(runs.app, gateway.state, "replay", run_id, "--config", str(loose), "--json")
    assert parted.exit_code == runs.DIVERGED
    difference = json.loads(parted.stdout)["difference"]
    assert "shop/big-refund" in difference["recorded"]
    assert '"verdict":"allow"' in difference["replayed"]


def test_a_pending_order_is_cancelled_by_itself(gateway: Gateway, desk: str) -> None:
    answer = ask(gateway, "Please cancel order B-1.")
    assert [item["type"] for item in answer["output"]] == ["mcp_call", "mcp_call", "message"]
    assert effects(desk)["cancel_order"] == 1


def test_a_workflow_sorts_looks_up_asks_a_person_and_has_the_desk_do_it(gateway: Gateway, desk: str) -> None:
    before = effects(desk).get("refund_order", 0)
    calm = ask(gateway, "Please refund order A-9.", "refund-request")
    assert "The desk says" in calm["output"][-1]["content"][0]["text"], calm
    assert effects(desk)["refund_order"] == before + 1
    angry = ask(gateway, "I am angry: refund order A-9!", "refund-request")
    waits = angry["output"][-1]
    assert (waits["type"], waits["name"]) == ("mcp_approval_request", "lead")
    gateway.command("approvals", "deny", waits["id"], "--reason", "call her")
    run_id = angry["run_id"]
    until(lambda: has_ended(gateway, run_id), "it did not go on")
    assert "a person will call you" in gateway.command("runs", "show", run_id)["output"]
    assert "by way of fits" in json.dumps(gateway.command("runs", "explain", run_id))
    assert effects(desk)["refund_order"] == before + 1
    for each in (calm["run_id"], run_id):
        assert gateway.command("runs", "replay", each)["same"], each


def test_an_order_that_there_is_not_is_nobodys(gateway: Gateway) -> None:
    answer = ask(gateway, "Please cancel order Z-9.")
    assert answer["status"] == "completed"
    assert [item["status"] for item in answer["output"]] == ["failed", "failed", "completed"]


@pytest.mark.parametrize("paste", PASTES)
def test_what_the_pages_give_to_paste_is_taken(gateway: Gateway, paste: str) -> None:
    line = paste.replace("http://localhost:8080/v1", gateway.base_url)
    environ = {**os.environ, "SIGNALBOX_KEY": gateway.key}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line], env=environ, capture_output=True, timeout=200, check=True
    )
    assert json.loads(done.stdout).get("error") is None, done.stdout


def test_there_is_something_to_paste() -> None:
    assert len(PASTES) == 3
