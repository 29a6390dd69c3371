"""A tool of an MCP server from its pin to its quarantine, with the program as its users have it."""

import pytest

from tests.agentloop.mcp.servers import effects, free_port, http_server
from tests.journeys.program import environment
from tests.journeys.program import until as wait_until
from tests.journeys.test_runs import ORDER, begin, until
from tests.nursery import command

CONFIGURATION = """\
vendors:
  sim: {{ kind: sim, base_url: "{simulator}" }}
models:
  tools: {{ targets: [sim/tools] }}
tool_servers:
  desk:
    kind: mcp
    base_url: "http://127.0.0.1:{port}/mcp"
    private: ["127.0.0.0/8"]
    {pins}
    tools:
      cancel:
        effect: keyed
        arguments: {order}
agents:
  keeper: {{ model: tools, tools: [desk/cancel] }}
admin_key: journeys-admin
log: {{ format: json }}
"""


def signalbox(home, *arguments):
    return command(arguments, home, environment(home))


def verdicts(http, run_id):
    told = http.get(f"/v1/runs/{run_id}/explain").json()["steps"]
    return [step["rules"] for step in told if step["kind"] == "policy.decided"]


@pytest.mark.soak  # four starts of programs; the parts are tested by themselves
def test_a_tool_is_held_back_until_it_is_pinned_and_again_when_it_changes(simulator, make_gateway, tmp_path):
    folder, port = tmp_path / "desk", free_port()
    folder.mkdir()
    written = {"simulator": simulator.base_url, "port": port, "order": ORDER}
    with http_server(folder, port):
        gateway = make_gateway(CONFIGURATION.format(pins="", **written))
        with gateway.client() as http:
            run_id = begin(http, "keeper")
            until(http, run_id, "completed", "incomplete", "failed")
            assert verdicts(http, run_id)[0] == ["quarantine desk/cancel"]
        pinned = signalbox(gateway.home, "agents", "pin", "desk", "--write", "desk.pins.json")
        assert pinned.returncode == 0, pinned.stderr
        gateway.stop()
        gateway.file.write_text(CONFIGURATION.format(pins="pins: file:desk.pins.json", **written))
        assert (
            signalbox(gateway.home, "agents", "pin", "desk", "--check").stdout == "desk/cancel: as pinned\n"
        )
        gateway.start()
        with gateway.client() as http:
            run_id = begin(http, "keeper")
            assert until(http, run_id, "completed", "failed")["status"] == "completed"
            [line] = effects(folder)
            assert line.startswith("cancel ")
            assert len(line) == len("cancel ") + 40
            assert gateway.metric("signalbox_tools_quarantined") == 0
    (folder / "changed").touch()
    with http_server(folder, port):
        wait_until(lambda: gateway.metric("signalbox_tools_quarantined") == 1, "the change was not seen")
        with gateway.client() as http:
            run_id = begin(http, "keeper")
            until(http, run_id, "completed", "incomplete", "failed")
            assert verdicts(http, run_id)[0] == ["quarantine desk/cancel"]
        checked = signalbox(gateway.home, "agents", "pin", "desk", "--check")
        assert checked.returncode == 1
        assert "desk/cancel: changed: sha256:" in checked.stdout
    assert len(effects(folder)) == 1
