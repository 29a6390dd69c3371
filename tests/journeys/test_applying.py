"""Changed agents are applied to a running gateway: shown first, agreed to, taken up whole or not at all."""

import json
import os
import pty
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gateway.cli.main import app
from tests.journeys.conftest import Making
from tests.journeys.program import Gateway, Simulator

CONFIGURATION = """\
vendors: { sim: { kind: sim, base_url: "%s" } }
models: { fast: { targets: [sim/small] }, slow: { targets: [sim/echo] } }
tool_servers:
  desk:
    base_url: https://desk.example
    headers: { x-key: header-secret }
    tools: { look: { path: /look, effect: read }, send: { path: /send, effect: keyed } }
admin_key: journeys-admin
"""
AGENTS = """\
agents:
  helper: { model: fast, tools: [desk/look] }
  writer: { model: fast }
"""
LOOK, SEND = "tools: [desk/look]", "tools: [desk/look, desk/send]"
PLAN = {"helper": ["gain: it can now call desk/send (keyed)"], "writer": []}
ROOM = "#" * 200  # for what a change adds


@pytest.fixture(scope="module")
def original(simulator: Simulator) -> str:
    return CONFIGURATION % simulator.base_url + AGENTS


@pytest.fixture(scope="module")
def shared(gateway_for_a_file: Making, original: str) -> Gateway:
    return gateway_for_a_file(original + ROOM)


@pytest.fixture
def gateway(shared: Gateway, original: str) -> Iterator[Gateway]:
    """Serves what it began with."""
    yield shared
    write(shared, original)
    with shared.admin() as admin:
        admin.post("/admin/v1/reload").raise_for_status()


def write(gateway: Gateway, text: str) -> None:
    """A file as long and as old as before, so that the gateway does not find it by itself."""
    before = gateway.file.stat()
    gateway.file.write_text(text.rstrip("#").ljust(before.st_size, "#"))
    os.utime(gateway.file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert gateway.file.stat().st_size == before.st_size


def change(gateway: Gateway, old: str, new: str) -> None:
    text = gateway.file.read_text()
    assert old in text
    write(gateway, text.replace(old, new))


def arguments(gateway: Gateway, file: Path | None = None) -> list[str]:
    return ["agents", "apply", "--url", gateway.address, "--config", str(file or gateway.file)]


def applied(gateway: Gateway, *more: str, file: Path | None = None) -> Result:
    """The command where there is no terminal."""
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, [*arguments(gateway, file), *more])


def refused(gateway: Gateway, *more: str, file: Path | None = None) -> Any:
    """The error in JSON."""
    done = applied(gateway, "--json", *more, file=file)
    assert (done.exit_code, done.stdout) == (1, "")
    return json.loads(done.stderr)["error"]


def served(gateway: Gateway) -> dict[str, str]:
    """The digest of each agent, as the gateway says it."""
    with gateway.admin() as admin:
        answer = admin.get("/admin/v1/agents").raise_for_status()
    assert "header-secret" not in answer.text
    return {each["name"]: each["digest"] for each in answer.json()["data"]}


def test_what_changes_is_shown_and_taken_up_once(gateway: Gateway) -> None:
    before = served(gateway)
    same = applied(gateway)
    assert same.exit_code == 0
    assert "helper: no change\nwriter: no change\nNothing to do." in same.output
    change(gateway, LOOK, SEND)
    assert served(gateway) == before
    done = applied(gateway, "--yes")
    now = served(gateway)
    assert done.exit_code == 0, done.output
    assert done.output.startswith(f"helper:\n  {PLAN['helper'][0]}\nwriter: no change\nApplied.")
    assert now["helper"] != before["helper"] and now["writer"] == before["writer"]
    assert now["helper"][:19] in done.output and before["helper"][:19] not in done.output
    again = json.loads(applied(gateway, "--json").output)
    assert again == {"applied": False, "plan": {"helper": [], "writer": []}, "served": now}


def test_an_agent_that_is_gone_is_told_and_served_no_more(gateway: Gateway) -> None:
    change(gateway, "  writer: { model: fast }\n", "")
    told = json.loads(applied(gateway, "--yes", "--json").output)
    assert told["plan"] == {"helper": [], "writer": ["gone: nobody can begin a run of it"]}
    assert list(told["served"]) == list(served(gateway)) == ["helper"]


def test_where_nobody_can_be_asked_nothing_is_applied(gateway: Gateway) -> None:
    before = served(gateway)
    change(gateway, LOOK, SEND)
    error = refused(gateway)
    assert (error["code"], error["plan"]) == ("not_confirmed", PLAN)
    done = applied(gateway)
    assert (done.exit_code, "Say --yes" in done.stderr) == (1, True)
    assert served(gateway) == before


def test_at_a_terminal_a_person_is_asked(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = served(gateway)
    change(gateway, LOOK, SEND)
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "w") as person, os.fdopen(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        person.write("no\n")
        person.flush()
        assert app(arguments(gateway), standalone_mode=False) == 1
        assert served(gateway) == before
        person.write("yes\n")
        person.flush()
        assert app(arguments(gateway), standalone_mode=False) is None
    assert f"read {gateway.file} anew, all of it? [y/N]" in capsys.readouterr().out
    assert served(gateway) != before


def test_what_the_gateway_refuses_is_said_and_the_old_ones_are_served(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = served(gateway)
    monkeypatch.setenv("ONLY_HERE", "Be brief.")
    change(gateway, LOOK, f'instructions: "${{ONLY_HERE}}", {SEND}')
    error = refused(gateway, "--yes")
    assert error["code"] == "invalid_configuration"
    assert f"refuses {gateway.file}:\n" in error["message"]
    assert "the environment variable ONLY_HERE is not set" in error["message"]
    assert error["served"] == before == served(gateway)
    done = applied(gateway, "--yes")
    assert (done.exit_code, f"Served now: helper {before['helper'][:19]}, " in done.stderr) == (1, True)


def test_a_file_that_the_gateway_does_not_read_is_not_said_to_be_applied(gateway: Gateway) -> None:
    before = served(gateway)
    other = gateway.home / "other.yaml"
    other.write_text(gateway.file.read_text().replace(LOOK, SEND))
    error = refused(gateway, "--yes", file=other)
    assert f"read {gateway.file}, in which these are not as here: helper." in error["message"]
    assert error["served"] == before == served(gateway)


def test_a_gateway_that_began_without_agents_must_be_started_again(
    simulator: Simulator, make_gateway: Making
) -> None:
    gateway = make_gateway(CONFIGURATION % simulator.base_url)
    gateway.file.write_text(gateway.file.read_text() + AGENTS)
    error = refused(gateway, "--yes")
    assert ("start it again" in error["message"], error["served"]) == (True, {})
    gateway.stop()
    gateway.start()
    assert json.loads(applied(gateway, "--json").output)["served"] == served(gateway) != {}
