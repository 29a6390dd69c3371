"""A call loads its own command and no other."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gateway.running import spoken

SCRIPT = "import sys; sys.argv = ['signalbox', *{words!r}]\nfrom gateway.cli.entry import main\n"
LOADED = "try:\n    main()\nexcept SystemExit:\n    pass\nprint(*sys.modules)"

# A server that looks at itself when it has answered a call, is told to stop, and says what it saw.
SERVER = """
import contextlib, http.client, io, json, os, signal, sys, threading, time
from gateway.cli.entry import main

state, awaited = sys.argv[1:]
said, seen = io.StringIO(), []

def ask(started):
    connection = http.client.HTTPConnection(started["address"].removeprefix("http://"), timeout=30)
    body = json.dumps({"model": "demo", "messages": [{"role": "user", "content": "hello"}]})
    headers = {"authorization": f"Bearer {started['first_key']}", "content-type": "application/json"}
    connection.request("POST", "/v1/chat/completions", body, headers)
    return connection.getresponse().status

def look():
    while not said.getvalue().endswith("}\\n"):
        time.sleep(0.02)
    seen.append(ask(json.loads(said.getvalue())))
    while awaited not in sys.modules:
        time.sleep(0.02)
    time.sleep(1)  # by then it has looked for the servers of this machine
    with open("/proc/self/statm") as file:
        seen.append(int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20)
    seen.append(list(sys.modules))
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=look, daemon=True).start()
sys.argv = ["signalbox", "serve", "--json", "--port", "0", "--state", state]
with contextlib.redirect_stdout(said):
    try:
        main()
    except SystemExit:
        pass
print(json.dumps(seen))
"""
# What a serving process has no use for, with the megabytes that it would keep for ever.
IDLE = {
    "alembic",  # 5: migrations run in a process of their own
    "asyncpg",  # 3: this database is SQLite
    "rich.console",  # 3: tables are for commands that end
    "httpx",  # 3: vendors are called over our own connection
    "sqlalchemy.ext.asyncio",  # 7, for it imports the next one
    "sqlalchemy.orm",
    "config.load",  # 1: there is no file, so nothing reads YAML
    "yaml",
    "config.schema",  # 2: and nothing has its form to be held against
    "pydantic",  # 8: nobody asks for administration, and the command line is as usual
    "gateway.server.administration",  # 1: with or without a file
    "gateway.cli.main",
    "gateway.cli.usage",
}
# What `python -m bench` measures, but for its upstream.
FILE = """
prices: {"bench/*": {input: 0.15, output: 0.60}}
vendors: {bench: {kind: openai-like, base_url: "http://127.0.0.1:9/v1", api_key: none}}
models: {demo: {targets: [bench/demo]}}
"""
PUBLIC_LIST = "genai_prices"
TRIES = 4
_NEWER = 1 if sys.version_info >= (3, 12) else 0  # MiB that newer Pythons take
MOST_AT_REST = 69 + _NEWER  # MiB; 67 to 67.1 were measured
MOST_WITH_THE_LIST = 69 + _NEWER  # MiB; 67.3 to 67.8 were measured
MOST_WITH_A_FILE = 78 + _NEWER  # MiB; 76.1 to 76.2 were measured, with what asks and looks


def modules_after(*words: str) -> set[str]:
    code = SCRIPT.format(words=words) + LOADED
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return set(told.stdout.splitlines()[-1].split())


def seen_in_a_server(
    state: Path, environ: dict[str, str], awaited: str, most: float
) -> tuple[int, float, set[str]]:
    """The status of its first answer, its megabytes at rest and its modules, these among them.

    Which of its threads meet by chance moves the megabytes by one or two: where they are above `most` other
    servers are looked at, and the least counts. What always needs more has failed.
    """
    found: list[tuple[int, float, set[str]]] = []
    while len(found) < TRIES and (not found or found[-1][1] > most):
        (state / (name := f"try-{len(found)}")).mkdir()
        found.append(_looked_at(state / name, environ, awaited))
    return min(found, key=lambda each: each[1])


def _looked_at(state: Path, environ: dict[str, str], awaited: str) -> tuple[int, float, set[str]]:
    told = subprocess.run(
        [sys.executable, "-c", SERVER, str(state), awaited],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), **environ},
        cwd=state,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    status, megabytes, modules = json.loads(told.stdout)
    return status, megabytes, set(modules)


def test_a_server_with_the_simulator_alone_is_small(tmp_path: Path) -> None:
    status, megabytes, loaded = seen_in_a_server(tmp_path, {}, "gateway.server.process", MOST_AT_REST)
    assert status == 200
    assert not loaded & (IDLE | {PUBLIC_LIST})
    assert megabytes <= MOST_AT_REST


def test_a_server_with_vendors_of_the_public_list_is_as_small(tmp_path: Path) -> None:
    environ = {"OPENAI_API_KEY": "sk-of-a-test", "MISTRAL_API_KEY": "of-a-test"}
    status, megabytes, loaded = seen_in_a_server(
        tmp_path, environ, "gateway.server.process", MOST_WITH_THE_LIST
    )
    assert status == 200
    assert not loaded & (IDLE | {PUBLIC_LIST})
    assert megabytes <= MOST_WITH_THE_LIST


def test_a_server_with_a_file_whose_vendors_are_real_is_small_too(tmp_path: Path) -> None:
    file = tmp_path / "benchmark.yaml"
    file.write_text(FILE)
    environ = {"SIGNALBOX_CONFIG": str(file)}
    status, megabytes, loaded = seen_in_a_server(
        tmp_path, environ, "gateway.server.process", MOST_WITH_A_FILE
    )
    assert status == 502  # nobody listens there
    assert not loaded & {
        "gateway.server.administration",
        "gateway.vendors.sim.server",
        "gateway.guardrails.wholes",
    }
    assert megabytes <= MOST_WITH_A_FILE


def test_a_servers_help_loads_no_other_command() -> None:
    loaded = modules_after("serve", "--help")
    assert "gateway.cli.serve" in loaded
    drawn = {"rich.console"}  # help is drawn, and then the process ends
    assert not loaded & (IDLE - drawn | {PUBLIC_LIST})


@pytest.mark.parametrize("words", [("--version",), ("--help",)])
def test_the_list_of_commands_loads_none_of_them(words: tuple[str, ...]) -> None:
    loaded = modules_after(*words)
    assert "gateway.cli.main" in loaded
    assert not loaded & {"gateway.cli.usage", "gateway.cli.serve", "sqlalchemy", "pydantic"}


def test_a_command_loads_itself_and_no_other() -> None:
    loaded = modules_after("usage", "--help")
    assert "gateway.cli.usage" in loaded
    assert not loaded & {"gateway.cli.serve", "gateway.cli.keys", "gateway.server.process"}


def test_a_servers_help_names_it_in_full(tmp_path: Path) -> None:
    told = spoken(tmp_path, "serve", "--help")
    assert told.returncode == 0
    assert "signalbox serve" in told.stdout


def test_how_a_command_was_called_wrongly_is_told_to_programs_as_a_document(tmp_path: Path) -> None:
    told = spoken(tmp_path, "keys", "create", "--json")
    assert told.returncode == 2
    assert json.loads(told.stderr)["error"]["code"] == "invalid_value"


def test_a_terminal_that_cannot_show_a_letter_shows_the_rest() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "gateway.cli", "guard", "test"],
        input="ann@acme.com",
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "EMAIL" in told.stdout
    assert "Traceback" not in told.stderr
