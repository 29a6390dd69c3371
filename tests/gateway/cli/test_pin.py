"""`signalbox agents pin`: it prints what a server says, and tells what is not as it was pinned."""

import json
import sys

import pytest
from typer.testing import CliRunner

from gateway.cli.agents import app
from tests.agentloop.mcp.servers import SERVER

FILE = """\
tool_servers:
  desk:
    kind: mcp
    command: [{python}, {server}, stdio, {folder}]
    network: host
    {pins}
    tools: {{ {tool}: {{ effect: read }} }}
  web: {{ base_url: "https://desk.example", tools: {{ look: {{ path: /look }} }} }}
"""


@pytest.fixture
def called(tmp_path):
    def call(*arguments, tool="look", pins=""):
        file = tmp_path / "signalbox.yaml"
        file.write_text(
            FILE.format(python=sys.executable, server=SERVER, folder=tmp_path, tool=tool, pins=pins)
        )
        return CliRunner().invoke(app, ["pin", *arguments, "--config", str(file)])

    return call


def test_what_is_pinned_is_held_against_the_server(called, tmp_path):
    file = tmp_path / "desk.json"
    assert called("desk", "--write", str(file)).exit_code == 0
    assert json.loads(file.read_text())["look"]["description"] == "Look an order up."
    same = called("desk", "--check", pins="pins: file:desk.json")
    assert (same.exit_code, same.stdout) == (0, "desk/look: as pinned\n")
    pinned = json.loads(file.read_text())
    pinned["look"]["digest"] = "sha256:" + "0" * 64
    file.write_text(json.dumps(pinned))
    changed = called("desk", "--check", "--json", pins="pins: file:desk.json")
    assert changed.exit_code == 1
    assert json.loads(changed.stdout)["desk/look"].startswith("changed: sha256:0000")


def test_what_cannot_be_pinned_is_said(called):
    assert "has no tool nothing; it has: cancel" in called("desk", tool="nothing").stderr
    assert "of the kind mcp; there are: desk" in called("web").stderr
    unpinned = called("desk", "--check")
    assert (unpinned.exit_code, unpinned.stdout) == (1, "desk/look: not pinned\n")
