"""`signalbox agents`."""

import json
from pathlib import Path

import pytest

from gateway.cli import agents
from tests.gateway.cli.runs_world import call, filled

FILE = """\
vendors: {{ sim: {{ kind: sim }} }}
models: {{ fast: {{ targets: [sim/small] }} }}
tool_servers:
  desk: {{ base_url: "https://desk.example", tools: {{ send: {{ path: /send, effect: keyed }} }} }}
agents:
  {name}: {{ model: fast, tools: [{{ tool: desk/send, approval: {{ group: people }} }}] }}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "signalbox.yaml"
    file.write_text(FILE.format(name="desk"))
    return file


def test_declared_agents_are_listed_with_their_digests(file: Path) -> None:
    found = agents.declared(file, as_json=True)
    assert list(found) == ["desk"]


def test_a_plan_says_what_changes_against_the_last_run(file: Path, tmp_path: Path) -> None:
    place = filled(tmp_path)
    told = json.loads(call(agents.app, place, "plan", "--config", str(file), "--json").stdout)
    assert "loss: it can no longer call desk/look" in told["desk"]
    file.write_text(FILE.format(name="other"))
    said = call(agents.app, place, "plan", "--config", str(file)).output
    assert said == "other:\n  new: it can call desk/send\n"
