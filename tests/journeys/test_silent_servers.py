"""A server of tools that takes connections and says nothing holds nobody but those who call it."""

import signal
import socket
import time

import pytest

from tests.journeys.program import until as wait_until
from tests.journeys.test_runs import ORDER, begin, until
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
    tools: {{ keyed: {{ path: /keyed, effect: keyed, arguments: {order} }} }}
{silent}
agents:
  keeper: {{ model: tools, tools: [desk/keyed] }}
admin_key: journeys-admin
log: {{ format: json }}
"""
SILENT = """\
  silent:
    kind: mcp
    base_url: "http://127.0.0.1:%d/mcp"
    private: ["127.0.0.0/8"]
    tools: { any: { effect: read } }
"""
LOOK_SECONDS = 20.0  # how long the gateway waits for such a server


@pytest.fixture
def silent():
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listening:
        yield SILENT % listening.getsockname()[1]


def test_a_run_does_not_wait_for_a_server_that_it_does_not_use(simulator, make_gateway, silent):
    with tool_server() as tools:
        written = {"simulator": simulator.base_url, "tools": tools.url, "order": ORDER}
        gateway = make_gateway(CONFIGURATION.format(silent=silent, **written))
        began = time.monotonic()
        with gateway.client() as http:
            assert until(http, begin(http, "keeper"), "completed", "failed")["status"] == "completed"
        assert time.monotonic() - began < LOOK_SECONDS / 2


def test_a_server_that_a_reload_brings_is_watched(simulator, make_gateway, silent):
    with tool_server() as tools:
        written = {"simulator": simulator.base_url, "tools": tools.url, "order": ORDER}
        gateway = make_gateway(CONFIGURATION.format(silent="", **written))
        with gateway.client() as http:
            assert until(http, begin(http, "keeper"), "completed", "failed")["status"] == "completed"
        with gateway.admin() as admin:
            assert "signalbox_tools_quarantined" not in admin.get("/metrics").text
            gateway.file.write_text(CONFIGURATION.format(silent=silent, **written))
            gateway.signal(signal.SIGHUP)
            wait_until(
                lambda: "signalbox_tools_quarantined 1.0" in admin.get("/metrics").text,
                "the new server is not watched",
            )
