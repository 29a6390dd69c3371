"""A server loads its own command and no other; every other call gets the whole list."""

import subprocess
import sys

import pytest

SCRIPT = "import sys; sys.argv = ['signalbox', *{words!r}]\nfrom gateway.cli.entry import main\n"
LOADED = "try:\n    main()\nexcept SystemExit:\n    pass\nprint(*sys.modules)"


def modules_after(*words: str) -> set[str]:
    code = SCRIPT.format(words=words) + LOADED
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return set(told.stdout.splitlines()[-1].split())


def test_a_server_carries_no_other_command_and_nothing_it_does_not_use() -> None:
    loaded = modules_after("serve", "--help")
    assert "gateway.cli.serve" in loaded
    idle = {"gateway.cli.main", "gateway.cli.usage", "genai_prices", "httpx", "alembic", "asyncpg"}
    assert not loaded & idle


@pytest.mark.parametrize("words", [("--version",), ("usage", "--help"), ("--help",)])
def test_everything_else_is_there_too(words: tuple[str, ...]) -> None:
    assert {"gateway.cli.main", "gateway.cli.usage"} <= modules_after(*words)


def test_a_servers_help_names_it_in_full() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "gateway.cli", "serve", "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "signalbox serve" in told.stdout
