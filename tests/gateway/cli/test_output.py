"""Standard output that is full, was left or was never there."""

import os
import subprocess
import sys
import threading
from contextlib import suppress

import pytest

from gateway.cli.output import Output

SIGNALBOX = (sys.executable, "-m", "gateway.cli")
COMMANDS = [
    ("--version",),
    ("--help",),
    ("guard", "test", "--json"),
]  # what click, rich and we ourselves print


def run(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """By a shell, which can close what it gives."""
    return subprocess.run(
        ["sh", "-c", command, "sh", *SIGNALBOX, *arguments],
        input="ann@acme.com",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_disk_that_is_full_is_named_and_is_a_failure(arguments: tuple[str, ...]) -> None:
    done = run('"$@" >/dev/full', *arguments)
    assert done.returncode == 1
    assert done.stderr == "error: standard output cannot be written: No space left on device.\n"


def test_a_reader_who_left_is_told_nothing() -> None:
    done = run('{ "$@"; echo $? >&2; } | true', "--help")
    assert done.stderr == "1\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_what_is_closed_is_nothing_that_fails(closed: str) -> None:
    done = run(f'"$@" {closed}', "guard", "test")
    assert (done.returncode, done.stderr) == (0, "")
    assert ("EMAIL" in done.stdout) is (closed == "2>&-")


def test_no_file_comes_to_the_place_of_a_stream_that_is_closed() -> None:
    code = "import os; from gateway.cli.output import prepare; prepare(ends=True); print(os.open('/', 0))"
    done = subprocess.run(
        ["sh", "-c", '"$@" <&- 2>&-', "sh", sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert int(done.stdout) > 2


def test_a_server_says_so_and_goes_on(capfd: pytest.CaptureFixture[str]) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    output = Output(full, ends=False)
    assert output.write(b"ready") == 5
    assert output.write(b"more") == 4
    os.close(full)
    assert capfd.readouterr().err == "error: standard output cannot be written: No space left on device.\n"


def test_a_terminal_that_does_not_wait_is_waited_for() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, bytes(4096))
    reader = threading.Timer(0.2, os.read, (reading, 65536))
    reader.start()
    assert Output(writing, ends=True).write(b"more") == 4
    reader.join()
    os.close(reading)
    os.close(writing)
